"""Registering, changing and closing assessment bodies (评价机构)."""

from collections.abc import Callable

from services.assessment.names import BODY
from services.assessment.register.domain.body import TRANSITIONS, BodyAction, BodyState, require_active
from services.assessment.register.storage import bodies
from services.assessment.register.storage.rows.bodies import BodyRow
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.vocabulary import uscc


class Bodies:
    """Commands and look-ups of bodies."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def create(
        self, tx: Transaction, identifier: str, display_name: str, code: str, region: str, institution: str
    ) -> BodyRow:
        """Register a body; a failed check digit of its USCC is recorded, not refused."""
        row = BodyRow(
            name=BODY.child("", identifier or new_id()),
            display_name=display_name,
            uscc=uscc.normalize(code),
            region=region,
            institution=institution,
            uscc_problems=uscc.problems(code),
            state=BodyState.ACTIVE,
        )
        return await tx.insert(row)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[BodyRow], None]
    ) -> BodyRow:
        """Change an active body."""
        row = await tx.lock(BodyRow, name, etag)
        require_active(name, row.state)
        change(row)
        return await tx.save(row)

    @command
    async def close(self, tx: Transaction, name: str, etag: str) -> BodyRow:
        """Close a body for ever."""
        row = await tx.lock(BodyRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, BodyAction.CLOSE, name)
        return await tx.save(row)

    async def get(self, name: str) -> BodyRow:
        """Return a body; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(BodyRow, name)

    async def page(self, state: str, size: int, token: str) -> Page[BodyRow]:
        """Return one page of bodies."""
        async with self.store.read() as tx:
            return await bodies.page(tx, state, size, token)
