"""Blueprints (命题细目表): checked when written, fixed when adopted."""

from collections.abc import Callable, Sequence

from services.assessment.bank.domain.bank import parent_of
from services.assessment.bank.domain.blueprint import (
    TRANSITIONS,
    BlueprintAction,
    BlueprintState,
    Part,
    check,
    from_json,
    to_json,
)
from services.assessment.bank.storage import banks, blueprints
from services.assessment.bank.storage.rows.banks import BankRow
from services.assessment.bank.storage.rows.blueprints import BlueprintRow
from services.assessment.names import BLUEPRINT
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance


class Blueprints:
    """Commands and look-ups of blueprints."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        display_name: str,
        parts: Sequence[Part],
        source: str,
    ) -> BlueprintRow:
        """Write a blueprint; raises INVALID_BLUEPRINT with everything that does not add up."""
        await banks.open_bank(tx, parent)
        check(parts, await _functions(tx, parent))
        row = BlueprintRow(
            name=BLUEPRINT.child(parent, identifier or new_id()),
            parent=parent,
            display_name=display_name,
            parts=to_json(parts),
            source=source,
            state=BlueprintState.DRAFT,
        )
        return await tx.insert(row)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[BlueprintRow], None]
    ) -> BlueprintRow:
        """Change a draft."""
        row = await tx.lock(BlueprintRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, BlueprintAction.EDIT, name)
        change(row)
        check(from_json(row.parts), await _functions(tx, row.parent))
        return await tx.save(row)

    @command
    async def move(self, tx: Transaction, name: str, etag: str, action: BlueprintAction) -> BlueprintRow:
        """Adopt or retire a blueprint."""
        row = await tx.lock(BlueprintRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, action, name)
        return await tx.save(row)

    async def get(self, name: str) -> BlueprintRow:
        """Return a blueprint; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(BlueprintRow, name)

    async def page(self, parent: str, state: str, size: int, token: str) -> Page[BlueprintRow]:
        """Return one page of a bank's blueprints."""
        async with self.store.read() as tx:
            await tx.get(BankRow, parent)
            return await blueprints.page(tx, parent, state, size, token)


async def _functions(tx: Transaction, bank: str) -> set[str]:
    return {row.code for row in await banks.points(tx, bank) if not parent_of(row.code)}
