"""Examiners and proctors (考评员, 监考员) of a body."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from services.assessment.names import EXAMINER
from services.assessment.register.domain.examiner import TRANSITIONS, ExaminerAction, ExaminerState
from services.assessment.register.storage import bodies, examiners
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.vocabulary.calendar import check_order
from services.vocabulary.qualification import check_occupation

Qualifications = Sequence[dict[str, Any]]


class Examiners:
    """Commands and look-ups of examiners."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        display_name: str,
        qualifications: Qualifications,
        proctor: bool,
        employer: str,
    ) -> ExaminerRow:
        """Register an examiner of a body."""
        await bodies.active_body(tx, parent)
        _check(qualifications)
        row = ExaminerRow(
            name=EXAMINER.child(parent, identifier or new_id()),
            parent=parent,
            display_name=display_name,
            qualifications=list(qualifications),
            proctor=proctor,
            employer=employer,
            state=ExaminerState.ACTIVE,
        )
        return await tx.insert(row)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[ExaminerRow], None]
    ) -> ExaminerRow:
        """Change an examiner."""
        row = await tx.lock(ExaminerRow, name, etag)
        change(row)
        _check(row.qualifications)
        return await tx.save(row)

    @command
    async def move(
        self, tx: Transaction, name: str, etag: str, action: ExaminerAction, remark: str = ""
    ) -> ExaminerRow:
        """Take one step of the lifecycle."""
        row = await tx.lock(ExaminerRow, name, etag)
        row.state, row.remark = advance(TRANSITIONS, row.state, action, name), remark
        return await tx.save(row)

    async def get(self, name: str) -> ExaminerRow:
        """Return an examiner; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(ExaminerRow, name)

    async def page(self, parent: str, state: str, size: int, token: str) -> Page[ExaminerRow]:
        """Return one page of a body's examiners."""
        async with self.store.read() as tx:
            return await examiners.page(tx, parent, state, size, token)


def _check(qualifications: Qualifications) -> None:
    for at, entry in enumerate(qualifications):
        field = f"examiner.qualifications[{at}]"
        check_occupation(entry["occupation"], f"{field}.occupation")
        if entry["valid_to"]:
            first, last = date.fromisoformat(entry["valid_from"]), date.fromisoformat(entry["valid_to"])
            check_order(first, last, f"{field}.valid_to")
