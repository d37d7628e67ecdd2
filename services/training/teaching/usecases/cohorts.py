"""Cohorts: planned, filed, filled, taught, examined, closed, archived."""

from collections.abc import Callable
from datetime import date

from services.kit.clock import local_day
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.training import period, policy
from services.training.names import COHORT, INSTITUTION
from services.training.policy import Policy
from services.training.register.domain import listing
from services.training.register.storage import listings
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.teaching.domain import cohort, program
from services.training.teaching.domain.cohort import TRANSITIONS, CohortAction, CohortState
from services.training.teaching.domain.program import Qualification
from services.training.teaching.storage import cohorts, enrollments
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.wording import line


class Cohorts:
    """Commands and questions about cohorts."""

    def __init__(self, store: Store, rules: Policy) -> None:
        self.store = store
        self.rules = rules

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        *,
        display_name: str,
        qualification: Qualification,
        start_date: date,
        end_date: date,
        capacity: int,
    ) -> CohortRow:
        """Plan a cohort; raises UNKNOWN_QUALIFICATION, NO_PROGRAM, INVALID_PERIOD."""
        name = COHORT.child(parent, identifier or new_id())
        program.check(qualification, "cohort.qualification")
        program.require(self.rules, qualification, start_date)
        period.check_order(start_date, end_date, "cohort.end_date")
        await tx.get(InstitutionRow, parent)
        return await tx.insert(
            CohortRow(
                name=name,
                parent=parent,
                display_name=line(display_name, 100, "cohort.display_name"),
                state=CohortState.PLANNED,
                occupation=qualification.occupation,
                direction=qualification.direction,
                level=int(qualification.level),
                start_date=start_date,
                end_date=end_date,
                capacity=capacity,
            )
        )

    async def get(self, name: str) -> CohortRow:
        """Return one cohort."""
        COHORT.parse(name)
        async with self.store.read() as tx:
            return await tx.get(CohortRow, name)

    async def page(self, parent: str, state: str, size: int, token: str) -> Page[CohortRow]:
        """Return a page of an institution's cohorts."""
        INSTITUTION.parse(parent, "parent")
        async with self.store.read() as tx:
            return await tx.page(cohorts.of_institution(parent, state), CohortRow, size, token)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[CohortRow], None]
    ) -> CohortRow:
        """Apply `change`; raises COHORT_STATE, INVALID_PERIOD, INVALID_CAPACITY, NO_PROGRAM."""
        COHORT.parse(name)
        row = await tx.lock(CohortRow, name, etag)
        dates = row.start_date, row.end_date
        cohort.check_state(row.state, cohort.CHANGES_NAME, name, "a change")
        enrolled = await enrollments.count(tx, name)
        change(row)
        if (row.start_date, row.end_date) != dates:
            cohort.check_state(row.state, cohort.CHANGES_DATES, name, "a change of dates")
        program.require(self.rules, row.qualification, row.start_date)
        period.check_order(row.start_date, row.end_date, "cohort.end_date")
        cohort.check_capacity(row.capacity, enrolled)
        row.display_name = line(row.display_name, 100, "cohort.display_name")
        return await tx.save(row)

    @command
    async def file(self, tx: Transaction, name: str, etag: str) -> CohortRow:
        """File a plan (开班备案); raises NOT_LISTED; a late filing leaves a warning."""
        row = await self._advance(tx, name, etag, CohortAction.FILE)
        terms = await listings.terms(tx, row.parent, row.occupation)
        listing.require(terms, row.parent, row.occupation, row.start_date)
        row.filed_on = local_day(tx.now)
        lead = policy.in_force(self.rules.filing_working_days, row.filed_on)
        row.warnings = cohort.filing_warnings(row.filed_on, row.start_date, lead.value if lead else 0)
        return await tx.save(row)

    @command
    async def open_enrollment(self, tx: Transaction, name: str, etag: str) -> CohortRow:
        """Let learners enroll."""
        return await self._advance(tx, name, etag, CohortAction.OPEN_ENROLLMENT)

    @command
    async def start_teaching(self, tx: Transaction, name: str, etag: str) -> CohortRow:
        """Start teaching; raises NO_ENROLLMENTS."""
        row = await self._advance(tx, name, etag, CohortAction.START_TEACHING)
        cohort.check_learners(await enrollments.count(tx, name), name)
        return row

    @command
    async def start_completion_exam(self, tx: Transaction, name: str, etag: str) -> CohortRow:
        """Start the completion exam."""
        return await self._advance(tx, name, etag, CohortAction.START_COMPLETION_EXAM)

    @command
    async def close(self, tx: Transaction, name: str, etag: str) -> CohortRow:
        """End the cohort."""
        return await self._advance(tx, name, etag, CohortAction.CLOSE)

    @command
    async def archive(self, tx: Transaction, name: str, etag: str) -> CohortRow:
        """Archive a closed cohort."""
        return await self._advance(tx, name, etag, CohortAction.ARCHIVE)

    async def _advance(self, tx: Transaction, name: str, etag: str, action: CohortAction) -> CohortRow:
        COHORT.parse(name)
        row = await tx.lock(CohortRow, name, etag)
        row.state = advance(TRANSITIONS, CohortState(row.state), action, name)
        return await tx.save(row)
