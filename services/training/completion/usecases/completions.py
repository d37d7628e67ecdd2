"""Completions: registered when every requirement is met, withdrawn for good; both are told to the other services."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.kit.clock import local_day
from services.kit.errors import Unmet, not_found
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.kit.values.text import line
from services.training.completion.domain import completion
from services.training.completion.domain.completion import (
    TRANSITIONS,
    CompletionAction,
    CompletionState,
    Standing,
)
from services.training.completion.storage import completions
from services.training.completion.storage.rows.completions import CompletionRow
from services.training.facts import CompletionRegistered, CompletionWithdrawn
from services.training.names import COMPLETION, check_below
from services.training.policy import Policy
from services.training.register.storage import listings
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.teaching.domain import enrollment, hour_entry, program
from services.training.teaching.domain.enrollment import EnrollmentAction, EnrollmentState
from services.training.teaching.domain.program import Program
from services.training.teaching.storage import enrollments, hour_entries, learners
from services.training.teaching.storage.hour_entries import Sum
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.training.teaching.storage.rows.learners import LearnerRow
from services.vocabulary import listing
from services.vocabulary.listing import Listing
from services.vocabulary.rows import columns_of

LARGEST_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one learner: a completion, or every reason against it."""

    enrollment: str
    completion: CompletionRow | None = None
    unmet: list[Unmet] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the learners of one cohort share."""

    institution: InstitutionRow
    cohort: CohortRow
    program: Program
    listings: Sequence[Listing]
    today: date


@dataclass(frozen=True, slots=True)
class Case:
    """One learner whose completion is decided."""

    enrollment: EnrollmentRow
    learner: LearnerRow
    gathered: Sum
    key: str

    def day(self, today: date) -> date:
        """Return the day on which the last requirement was met, today while one is missing."""
        known = [day for day in (self.gathered.last_day, self.enrollment.examined_on) if day is not None]
        return max(known) if len(known) == 2 else today


class Completions(Lifecycle[CompletionRow, CompletionAction]):
    """Commands and questions about completions."""

    row, pattern, transitions = CompletionRow, COMPLETION, TRANSITIONS

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def register(self, tx: Transaction, enrollment_name: str) -> CompletionRow:
        """Register one completion; raises COMPLETION_NOT_ALLOWED with every requirement that is not met."""
        row = await tx.lock(EnrollmentRow, enrollment_name)
        (outcome,) = await self._register(tx, await self._setting(tx, row.parent), [row])
        if outcome.completion is None:
            raise completion.refusal(enrollment_name, outcome.unmet)
        return outcome.completion

    async def register_many(self, parent: str, names: Sequence[str]) -> list[Outcome]:
        """Register completions of one cohort (of all open enrollments where `names` is empty), each by itself.

        Repeating the call answers with the completions that exist, so it needs no memory of request ids.
        """
        for number, name in enumerate(names):
            check_below(parent, name, f"enrollments[{number}]")
        async with self.store.write() as tx:
            setting = await self._setting(tx, parent)
            wanted = names or await completions.open_enrollments(tx, parent, LARGEST_BATCH)
            known = await enrollments.named(tx, wanted)
            if missing := [name for name in wanted if name not in known]:
                raise not_found(missing[0])
            before = await completions.of_enrollments(tx, wanted)
            undecided = [known[name] for name in wanted if name not in before]
            outcomes = {o.enrollment: o for o in await self._register(tx, setting, undecided)}
        return [outcomes.get(name) or self._known(before[name]) for name in wanted]

    def _known(self, row: CompletionRow) -> Outcome:
        if row.state == CompletionState.REGISTERED:
            return Outcome(row.enrollment, row)
        return Outcome(row.enrollment, unmet=[completion.withdrawn(row.name)])

    async def _setting(self, tx: Transaction, cohort_name: str) -> Setting:
        cohort = await tx.get(CohortRow, cohort_name)
        return Setting(
            institution=await tx.get(InstitutionRow, cohort.parent),
            cohort=cohort,
            program=program.require(self.policy, cohort.qualification, cohort.start_date),
            listings=await listings.of_institution(tx, cohort.parent, cohort.occupation),
            today=local_day(tx.now),
        )

    async def _register(
        self, tx: Transaction, setting: Setting, rows: Sequence[EnrollmentRow]
    ) -> list[Outcome]:
        cases = await self._cases(tx, setting, rows)
        standing = await completions.standing(tx, [case.key for case in cases])
        outcomes = [self._decide(setting, case, case.key in standing) for case in cases]
        await tx.insert_all(o.completion for o in outcomes if o.completion is not None)
        await tx.save_all(c.enrollment for c in cases if c.enrollment.state == EnrollmentState.COMPLETED)
        for outcome in outcomes:
            if outcome.completion is not None:
                tx.record(self._fact(setting, outcome.completion))
        return outcomes

    async def _cases(self, tx: Transaction, setting: Setting, rows: Sequence[EnrollmentRow]) -> list[Case]:
        people = await learners.locked(tx, [row.learner for row in rows])
        sums = await hour_entries.sums(tx, [row.name for row in rows])
        cases = []
        for row in rows:
            person = people[row.learner]
            aim = setting.cohort.qualification
            key = completions.standing_key(setting.institution.name, person.person, aim)
            cases.append(Case(row, person, sums[row.name], key))
        return cases

    def _decide(self, setting: Setting, case: Case, completed_before: bool) -> Outcome:
        day = case.day(setting.today)
        term = listing.in_force(setting.listings, day)
        unmet = completion.missing(
            Standing(
                cohort_state=setting.cohort.state,
                enrollment_state=case.enrollment.state,
                program=setting.program,
                totals=case.gathered.totals,
                exam_score=case.enrollment.exam_score,
                listed=term is not None,
                day=day,
                completed_before=completed_before,
            ),
            case.enrollment.name,
        )
        if unmet or term is None:
            return Outcome(case.enrollment.name, unmet=unmet)
        state = advance(enrollment.TRANSITIONS, case.enrollment.state, EnrollmentAction.COMPLETE)
        case.enrollment.state = state
        return Outcome(case.enrollment.name, self._row(setting, case, day, term))

    def _row(self, setting: Setting, case: Case, day: date, term: Listing) -> CompletionRow:
        aim = setting.cohort.qualification
        return CompletionRow(
            name=COMPLETION.child(setting.institution.name, new_id()),
            parent=setting.institution.name,
            enrollment=case.enrollment.name,
            cohort=setting.cohort.name,
            learner=case.learner.name,
            person=case.learner.person,
            holder_name=case.learner.display_name,
            **columns_of(aim),
            listing=term.name,
            hours=hour_entry.total(case.gathered.totals),
            exam_score=case.enrollment.exam_score or 0,
            completed_on=day,
            state=CompletionState.REGISTERED,
            standing_key=case.key,
        )

    def _fact(self, setting: Setting, row: CompletionRow) -> CompletionRegistered:
        batch = next(each.batch for each in setting.listings if each.name == row.listing)
        return CompletionRegistered(
            completion=row.name,
            person=row.person,
            holder_name=row.holder_name,
            institution=setting.institution.name,
            institution_display_name=setting.institution.display_name,
            institution_uscc=setting.institution.uscc,
            listing=row.listing,
            listing_batch=batch,
            qualification=row.qualification,
            cohort=row.cohort,
            hours=row.hours,
            completed_on=row.completed_on,
        )

    async def moved(self, tx: Transaction, row: CompletionRow, action: CompletionAction, reason: str) -> None:
        """Withdraw a completion for good, and the place in the cohort that it rests on."""
        row.reason, row.standing_key = line(reason, 500, "reason"), None
        place = await tx.lock(EnrollmentRow, row.enrollment)
        place.state = advance(enrollment.TRANSITIONS, place.state, EnrollmentAction.WITHDRAW, place.name)
        await tx.save(place)
        tx.record(CompletionWithdrawn(row.name, row.person, row.reason, local_day(tx.now)))
