"""Cohorts: planned, filed, filled, taught, examined, closed, archived."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.kit.clock import local_day
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import line
from services.training.names import COHORT
from services.training.policy import Policy
from services.training.register.storage import listings
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.teaching.domain import cohort, program
from services.training.teaching.domain.cohort import TRANSITIONS, CohortAction, CohortState
from services.training.teaching.storage import enrollments
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.vocabulary import listing, qualification
from services.vocabulary.calendar import check_order
from services.vocabulary.policy import in_force
from services.vocabulary.qualification import Qualification
from services.vocabulary.rows import columns_of


class Cohorts(Lifecycle[CohortRow, CohortAction]):
    """Commands and questions about cohorts."""

    row, pattern, transitions = CohortRow, COHORT, TRANSITIONS

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        *,
        display_name: str,
        aim: Qualification,
        start_date: date,
        end_date: date,
        capacity: int,
    ) -> CohortRow:
        """Plan a cohort; raises UNKNOWN_QUALIFICATION, NO_PROGRAM, INVALID_PERIOD."""
        name = COHORT.child(parent, identifier or new_id())
        qualification.check(aim, "cohort.qualification")
        program.require(self.policy, aim, start_date)
        check_order(start_date, end_date, "cohort.end_date")
        await tx.get(InstitutionRow, parent)
        return await tx.insert(
            CohortRow(
                name=name,
                parent=parent,
                display_name=_display_name(display_name),
                state=CohortState.PLANNED,
                **columns_of(aim),
                start_date=start_date,
                end_date=end_date,
                capacity=capacity,
            )
        )

    async def changed(self, tx: Transaction, row: CohortRow, was: Mapping[str, Any]) -> None:
        """Check a change; raises COHORT_STATE, INVALID_PERIOD, INVALID_CAPACITY, NO_PROGRAM."""
        cohort.check_state(row.state, cohort.CHANGES_NAME, row.name, "a change")
        if (row.start_date, row.end_date) != (was["start_date"], was["end_date"]):
            cohort.check_state(row.state, cohort.CHANGES_DATES, row.name, "a change of dates")
        program.require(self.policy, row.qualification, row.start_date)
        check_order(row.start_date, row.end_date, "cohort.end_date")
        cohort.check_capacity(row.capacity, await enrollments.count(tx, row.name))
        row.display_name = _display_name(row.display_name)

    async def moved(self, tx: Transaction, row: CohortRow, action: CohortAction, reason: str) -> None:
        """Do what a step needs beside; raises NOT_LISTED, NO_ENROLLMENTS."""
        if action is CohortAction.FILE:
            await self._file(tx, row)
        if action is CohortAction.START_TEACHING:
            cohort.check_learners(await enrollments.count(tx, row.name), row.name)

    async def _file(self, tx: Transaction, row: CohortRow) -> None:
        """File a plan (开班备案); a late filing leaves a warning."""
        known = await listings.of_institution(tx, row.parent, row.occupation)
        listing.require(known, row.parent, row.occupation, row.start_date)
        row.filed_on = local_day(tx.now)
        lead = in_force(self.policy.filing_working_days, row.filed_on, "the filing of cohorts").value
        row.warnings = cohort.filing_warnings(row.filed_on, row.start_date, lead)


def _display_name(text: str) -> str:
    return line(text, 100, "cohort.display_name")
