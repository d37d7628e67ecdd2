"""Assessment bodies (评价机构): registered, changed, closed."""

from collections.abc import Mapping
from typing import Any

from services.assessment.names import BODY
from services.assessment.register.domain.body import TRANSITIONS, BodyAction, BodyState, require_active
from services.assessment.register.storage.rows.bodies import BodyRow
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.vocabulary import uscc


class Bodies(Lifecycle[BodyRow, BodyAction]):
    """Commands and questions about bodies."""

    row, pattern, transitions = BodyRow, BODY, TRANSITIONS

    @command
    async def create(
        self, tx: Transaction, identifier: str, *, display_name: str, code: str, region: str, institution: str
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

    async def changed(self, tx: Transaction, row: BodyRow, was: Mapping[str, Any]) -> None:
        """Raise BODY_CLOSED where the body is closed."""
        require_active(row.name, row.state)
