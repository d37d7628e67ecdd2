"""How many statements a piece of work takes: a measure of bulk work that no busy machine changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from services.kit.runtime import Service


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """Collect the SQL that a service runs meanwhile, of transactions and of hot look-ups."""
    found: list[str] = []
    engine, read = service.database.engine.sync_engine, service.hot.read

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    async def noted(compiled: Any, *arguments: Any, **options: Any) -> list[Any]:
        found.append(compiled.sql)
        return await read(compiled, *arguments, **options)

    event.listen(engine, "before_cursor_execute", note)
    service.hot.read = noted
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
        service.hot.read = read
