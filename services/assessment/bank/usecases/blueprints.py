"""Blueprints (命题细目表): checked when written, fixed when adopted."""

from collections.abc import Mapping, Sequence
from typing import Any

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
from services.assessment.bank.storage import banks
from services.assessment.bank.storage.rows.blueprints import BlueprintRow
from services.assessment.names import BLUEPRINT
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id


class Blueprints(Lifecycle[BlueprintRow, BlueprintAction]):
    """Commands and questions about blueprints."""

    row, pattern, transitions = BlueprintRow, BLUEPRINT, TRANSITIONS

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        *,
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

    async def changed(self, tx: Transaction, row: BlueprintRow, was: Mapping[str, Any]) -> None:
        """Let a draft change; raises WRONG_STATE, INVALID_BLUEPRINT."""
        self.advance(row, BlueprintAction.EDIT)
        check(from_json(row.parts), await _functions(tx, row.parent))


async def _functions(tx: Transaction, bank: str) -> set[str]:
    return {row.code for row in await banks.points(tx, bank) if not parent_of(row.code)}
