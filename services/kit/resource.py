"""A resource and its life, the same for every noun: read, list, change, and the steps of one table of transitions.

A use case derives from `Resource` or `Lifecycle`, says its row, pattern and transitions, and adds what is its own:
how one is created, and in the hooks `changed` and `moved` what a change or a step needs beside the table.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from services.kit.storage.commands import command
from services.kit.storage.pages import Page, matching
from services.kit.storage.rows import Entity
from services.kit.storage.store import Store, Transaction
from services.kit.values.lifecycle import advance
from services.kit.values.names import Pattern

Row = TypeVar("Row", bound=Entity)
Action = TypeVar("Action", bound=StrEnum)


class Resource(Generic[Row]):
    """Commands and questions that every resource has."""

    row: type[Row]
    pattern: ClassVar[Pattern]

    def __init__(self, store: Store) -> None:
        self.store = store

    async def get(self, name: str) -> Row:
        """Return one; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(self.row, name)

    async def page(self, size: int, token: str, **filters: Any) -> Page[Row]:
        """Return one page of those whose columns equal `filters`, empty ones left out; raises INVALID_PAGE_TOKEN."""
        async with self.store.read() as tx:
            return await tx.page(matching(self.row, **filters), self.row, size, token)

    @command
    async def update(self, tx: Transaction, name: str, etag: str, change: Callable[[Row], None]) -> Row:
        """Apply `change`; raises NOT_FOUND, STALE_ETAG and what `changed` raises."""
        row = await tx.lock(self.row, name, etag)
        was = row.model_dump()
        change(row)
        await self.changed(tx, row, was)
        return await tx.save(row)

    async def changed(self, tx: Transaction, row: Row, was: Mapping[str, Any]) -> None:
        """Check and complete a change before it is saved; `was` has the columns as they were."""


class Lifecycle(Resource[Row], Generic[Row, Action]):
    """A resource with a `state` column that moves by `transitions`."""

    transitions: Mapping[tuple[Any, Action], Any]

    @command
    async def move(self, tx: Transaction, name: str, etag: str, action: Action, reason: str = "") -> Row:
        """Take one step; raises NOT_FOUND, STALE_ETAG, WRONG_STATE and what `moved` raises."""
        row = await tx.lock(self.row, name, etag)
        self.advance(row, action)
        tx.act.reason = reason
        await self.moved(tx, row, action, reason)
        return await tx.save(row)

    def advance(self, row: Any, action: Action) -> None:
        """Put a locked row into the state that `action` leads to; raises WRONG_STATE."""
        row.state = advance(self.transitions, row.state, action, row.name)

    async def moved(self, tx: Transaction, row: Row, action: Action, reason: str) -> None:
        """Check and complete a step before it is saved; the row is in its new state."""
