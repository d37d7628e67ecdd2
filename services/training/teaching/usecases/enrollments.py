"""Enrollments: who takes part, who left, and how the completion exam went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.kit.clock import local_day
from services.kit.errors import already_exists, not_found
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import line
from services.training.names import ENROLLMENT, check_below, institution_of
from services.training.reasons import Reason
from services.training.register.storage import listings
from services.training.teaching.domain import cohort
from services.training.teaching.domain.enrollment import (
    TRANSITIONS,
    EnrollmentAction,
    EnrollmentState,
    check_enrolled,
    check_place,
    score,
)
from services.training.teaching.domain.event_day import check_not_future
from services.training.teaching.storage import enrollments
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.training.teaching.storage.rows.learners import LearnerRow
from services.vocabulary import listing


@dataclass(frozen=True, slots=True)
class Score:
    """One score of the completion exam, decimal text."""

    enrollment: str
    score: str
    examined_on: date


class Enrollments(Lifecycle[EnrollmentRow, EnrollmentAction]):
    """Commands and questions about enrollments."""

    row, pattern, transitions = EnrollmentRow, ENROLLMENT, TRANSITIONS

    @command
    async def create(
        self, tx: Transaction, parent: str, identifier: str, *, learner: str, enrolled_on: date | None
    ) -> EnrollmentRow:
        """Enroll a learner; raises COHORT_STATE, COHORT_FULL, NOT_LISTED, ALREADY_ENROLLED, FUTURE_DATE."""
        name = ENROLLMENT.child(parent, identifier or new_id())
        check_below(institution_of(parent), learner, "enrollment.learner")
        row = await tx.lock(CohortRow, parent)
        person = await tx.get(LearnerRow, learner)
        day = enrolled_on or local_day(tx.now)
        check_not_future(day, local_day(tx.now), "enrollment.enrolled_on")
        cohort.check_state(row.state, cohort.ENROLLS, parent, "enrolling")
        known = await listings.of_institution(tx, row.parent, row.occupation)
        listing.require(known, row.parent, row.occupation, day)
        if await enrollments.states(tx, parent, [learner]):
            message = f"{learner} is in {parent} already."
            raise already_exists(learner, Reason.ALREADY_ENROLLED, message)
        check_place(await enrollments.count(tx, parent), row.capacity, parent)
        return await tx.insert(
            EnrollmentRow(
                name=name,
                parent=parent,
                learner=learner,
                learner_display_name=person.display_name,
                enrolled_on=day,
                state=EnrollmentState.ENROLLED,
            )
        )

    async def moved(self, tx: Transaction, row: EnrollmentRow, action: EnrollmentAction, reason: str) -> None:
        """Keep the reason why a learner left."""
        row.reason = line(reason, 500, "reason")

    @command
    async def record_scores(
        self, tx: Transaction, parent: str, scores: Sequence[Score]
    ) -> list[EnrollmentRow]:
        """Record scores, all or none; raises COHORT_STATE, NOT_ENROLLED, INVALID_SCORE, FUTURE_DATE."""
        for number, entry in enumerate(scores):
            check_below(parent, entry.enrollment, f"scores[{number}].enrollment")
        row = await tx.get(CohortRow, parent)
        cohort.check_state(row.state, cohort.EXAMINES, parent, "a score")
        known = await enrollments.named(tx, [entry.enrollment for entry in scores])
        for number, entry in enumerate(scores):
            self._record(known, entry, local_day(tx.now), f"scores[{number}]")
        changed = [known[entry.enrollment] for entry in scores]
        await tx.save_all(changed)
        return changed

    def _record(self, known: dict[str, EnrollmentRow], entry: Score, today: date, field: str) -> None:
        row = known.get(entry.enrollment)
        if row is None:
            raise not_found(entry.enrollment)
        check_enrolled(row.state, row.name)
        check_not_future(entry.examined_on, today, f"{field}.examined_on")
        row.exam_score = score(entry.score, f"{field}.score")
        row.examined_on = entry.examined_on
