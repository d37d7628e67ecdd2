"""`@command`: a use case in one write transaction, done once per request_id.

A repeated request (same caller, method and request_id) is answered with the current state of what the first one
made (AIP-155); the same request_id with different content is refused.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import select, update

from services.kit.errors import Violation, invalid
from services.kit.storage.rows import Entity
from services.kit.storage.store import Transaction, insert_for

P = ParamSpec("P")
Outcome = TypeVar("Outcome")


@dataclass(slots=True)
class RequestKey:
    """What makes a request the same request; `fingerprint` is a digest of its content.

    A call may run several commands one after the other: `finished` counts those that are done, so that each
    has a place of its own and a repeat of the call finds every one of them.
    """

    subject: str
    method: str
    request_id: str
    fingerprint: bytes
    finished: int = 0

    @property
    def place(self) -> str:
        """The method, and from the second command on its number."""
        return f"{self.method}#{self.finished}" if self.finished else self.method


REQUEST: ContextVar[RequestKey | None] = ContextVar("request", default=None)


def command(
    method: Callable[Concatenate[Any, Transaction, P], Awaitable[Outcome]],
) -> Callable[..., Awaitable[Outcome]]:
    """Open the transaction, answer repeats, run, remember the outcome, commit.

    Call it without `tx`; a consumer passes its own open transaction as `tx=`.
    The method returns one row, a list of rows of one table, or None.
    """

    @wraps(method)
    async def run(self: Any, *args: Any, tx: Transaction | None = None, **kwargs: Any) -> Any:
        if tx is not None:
            return await method(self, tx, *args, **kwargs)
        key = REQUEST.get()
        if key is None:
            async with self.store.write() as opened:
                return await method(self, opened, *args, **kwargs)
        async with self.store.write() as opened:
            if await _claim(opened, key):
                outcome = await method(self, opened, *args, **kwargs)
                await _remember(opened, key, outcome)
            else:
                outcome = await _replay(opened, key)
        key.finished += 1
        return outcome

    return run


async def _claim(tx: Transaction, key: RequestKey) -> bool:
    table = tx.store.tables.requests
    values = {
        "subject": key.subject,
        "method": key.place,
        "request_id": key.request_id,
        "fingerprint": key.fingerprint,
        "result_names": [],
        "create_time": tx.now,
    }
    statement = insert_for(tx.store.database, table).values(values).on_conflict_do_nothing()
    return (await tx.execute(statement)).rowcount == 1  # type: ignore[attr-defined]


async def _replay(tx: Transaction, key: RequestKey) -> Any:
    table = tx.store.tables.requests
    found = (await tx.execute(select(table).where(*_same(table, key)))).one()
    if found.fingerprint != key.fingerprint:
        message = f"request_id {key.request_id} was used for a different request; choose a new one."
        raise invalid("REQUEST_ID_REUSED", message, Violation("request_id", message, "REQUEST_ID_REUSED"))
    if not found.result_table:
        return None
    many = found.result_table.startswith("*")
    row = _row_class(tx, found.result_table.lstrip("*")) if found.result_names else Entity
    rows = [await tx.get(row, name) for name in found.result_names]
    return rows if many else rows[0]


async def _remember(tx: Transaction, key: RequestKey, outcome: Any) -> None:
    if outcome is None:
        return
    many = isinstance(outcome, list | tuple)
    rows: Sequence[Entity] = outcome if many else [outcome]
    await tx.session.flush()
    table = tx.store.tables.requests
    kind = ("*" if many else "") + (str(rows[0].__tablename__) if rows else "")
    values = {"result_table": kind, "result_names": [row.name for row in rows]}
    await tx.execute(update(table).where(*_same(table, key)).values(values))


def _same(table: Any, key: RequestKey) -> tuple[Any, ...]:
    return (
        table.c.subject == key.subject,
        table.c.method == key.place,
        table.c.request_id == key.request_id,
    )


def _row_class(tx: Transaction, table_name: str) -> type[Entity]:
    for mapper in tx.store.rows.mappers:
        if getattr(mapper.local_table, "name", "") == table_name:
            return mapper.class_
    raise LookupError(f"no row class for table {table_name}")
