"""Examiners and proctors (考评员, 监考员) of a body."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.assessment.names import EXAMINER
from services.assessment.register.domain.examiner import TRANSITIONS, ExaminerAction, ExaminerState
from services.assessment.register.storage import bodies
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.vocabulary.calendar import check_order
from services.vocabulary.qualification import check_occupation

Qualifications = Sequence[dict[str, Any]]


class Examiners(Lifecycle[ExaminerRow, ExaminerAction]):
    """Commands and questions about examiners."""

    row, pattern, transitions = ExaminerRow, EXAMINER, TRANSITIONS

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        *,
        display_name: str,
        qualifications: Qualifications,
        proctor: bool,
        employer: str,
    ) -> ExaminerRow:
        """Register an examiner of a body; raises UNKNOWN_QUALIFICATION, INVALID_PERIOD, BODY_CLOSED."""
        name = EXAMINER.child(parent, identifier or new_id())
        _check(qualifications)
        await bodies.active_body(tx, parent)
        row = ExaminerRow(
            name=name,
            parent=parent,
            display_name=display_name,
            qualifications=list(qualifications),
            proctor=proctor,
            employer=employer,
            state=ExaminerState.ACTIVE,
        )
        return await tx.insert(row)

    async def changed(self, tx: Transaction, row: ExaminerRow, was: Mapping[str, Any]) -> None:
        """Check the qualifications; raises UNKNOWN_QUALIFICATION, INVALID_PERIOD."""
        _check(row.qualifications)

    async def moved(self, tx: Transaction, row: ExaminerRow, action: ExaminerAction, reason: str) -> None:
        """Keep why the last decision was taken."""
        row.reason = reason


def _check(qualifications: Qualifications) -> None:
    for at, entry in enumerate(qualifications):
        field = f"examiner.qualifications[{at}]"
        check_occupation(entry["occupation"], f"{field}.occupation")
        if entry["valid_to"]:
            first, last = date.fromisoformat(entry["valid_from"]), date.fromisoformat(entry["valid_to"])
            check_order(first, last, f"{field}.valid_to")
