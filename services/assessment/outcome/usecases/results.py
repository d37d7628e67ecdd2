"""What can be done with results: confirm, publish, annul."""

from collections.abc import Sequence

from services.assessment.exam.domain.exam import TRANSITIONS as EXAM_TRANSITIONS
from services.assessment.exam.domain.exam import ExamAction
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.facts import ResultAnnulled, ResultPublished
from services.assessment.names import RESULT
from services.assessment.outcome.domain.result import (
    TRANSITIONS,
    Part,
    ResultAction,
    ResultState,
    void_parts,
)
from services.assessment.outcome.storage import results
from services.assessment.outcome.storage.rows.results import ResultRow
from services.assessment.person.domain.integrity_record import Tier, term_of
from services.assessment.person.storage.rows.integrity_records import IntegrityRecordRow
from services.assessment.policy import Policy
from services.assessment.reasons import Reason
from services.assessment.register.storage import listings
from services.assessment.register.storage.rows.bodies import BodyRow
from services.kit.clock import local_day
from services.kit.errors import AppError, Unmet, precondition
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.lifecycle import advance
from services.vocabulary import listing
from services.vocabulary.calendar import add_working_days
from services.vocabulary.listing import Listing

NAMED = 50  # candidates that a refusal names at most


class Results(Resource[ResultRow]):
    """Commands and questions about results."""

    row, pattern = ResultRow, RESULT

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def confirm(self, tx: Transaction, name: str, etag: str) -> ResultRow:
        """Confirm a marked result; raises SCORE_MISSING, WRONG_STATE."""
        row = await tx.lock(ResultRow, name, etag)
        if row.state == ResultState.PENDING:
            raise _scores_missing([row])
        row.state = advance(TRANSITIONS, row.state, ResultAction.CONFIRM, name)
        return await tx.save(row)

    @command
    async def confirm_all(self, tx: Transaction, exam: str, etag: str) -> ExamRow:
        """Confirm every marked result of an exam; raises SCORE_MISSING that names the candidates."""
        row = await tx.lock(ExamRow, exam, etag)
        row.state = advance(EXAM_TRANSITIONS, row.state, ExamAction.CONFIRM_RESULTS, exam)
        found = await results.of_exam(tx, exam)
        if pending := [result for result in found if result.state == ResultState.PENDING]:
            raise _scores_missing(pending)
        marked = [result for result in found if result.state == ResultState.MARKED]
        for result in marked:
            result.state = advance(TRANSITIONS, result.state, ResultAction.CONFIRM, result.name)
        await tx.save_all(marked)
        return await tx.save(row)

    @command
    async def publish(self, tx: Transaction, name: str, etag: str) -> ResultRow:
        """Publish a confirmed result; raises WRONG_STATE, NOT_LISTED."""
        row = await tx.lock(ResultRow, name, etag)
        exam = await tx.get(ExamRow, row.exam)
        await self._publish(tx, exam, [row])
        return row

    @command
    async def publish_all(self, tx: Transaction, exam: str, etag: str) -> ExamRow:
        """Publish every confirmed result of an exam; raises WRONG_STATE, NOT_LISTED."""
        row = await tx.lock(ExamRow, exam, etag)
        row.state = advance(EXAM_TRANSITIONS, row.state, ExamAction.PUBLISH_RESULTS, exam)
        found = await results.of_exam(tx, exam)
        await self._publish(tx, row, [result for result in found if result.state == ResultState.CONFIRMED])
        return await tx.save(row)

    async def _publish(self, tx: Transaction, exam: ExamRow, rows: Sequence[ResultRow]) -> None:
        """Publish results and tell of them; the listing is looked up again for the exam day."""
        body = await tx.get(BodyRow, exam.parent)
        known = await listings.of_body(tx, exam.parent, exam.occupation)
        listed = listing.require(known, exam.parent, exam.occupation, exam.examined_on)
        today = local_day(tx.now)
        until = add_working_days(today, self.policy.publicity(today).working_days)
        for row in rows:
            row.state = advance(TRANSITIONS, row.state, ResultAction.PUBLISH, row.name)
            row.published_on, row.publicity_ends_on = today, until
            tx.record(_published(row, exam, body, listed))
        await tx.save_all(rows)

    @command
    async def annul(
        self, tx: Transaction, name: str, etag: str, tier: Tier, part: Part | None, reason: str
    ) -> ResultRow:
        """Annul a result and keep the integrity record that the tier demands; raises PART_REQUIRED, WRONG_STATE."""
        row = await tx.lock(ResultRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, ResultAction.ANNUL, name)
        row.void_parts = [part.value for part in void_parts(tier, part)]
        row.tier, row.annul_reason, row.passed = tier, reason, False
        tx.act.reason = reason
        today = local_day(tx.now)
        if (term := term_of(tier, self.policy.integrity(today), today)) is not None:
            await tx.insert(
                IntegrityRecordRow(
                    name=f"{name}/integrityRecord",
                    parent=row.person,
                    result=name,
                    tier=tier,
                    reason=reason,
                    starts_on=term.starts_on,
                    ends_on=term.ends_on,
                )
            )
        tx.record(ResultAnnulled(result=name, person=row.person, tier=tier, reason=reason, annulled_on=today))
        return await tx.save(row)

    async def visible(self, name: str, candidate: str) -> ResultRow:
        """Return one result; to a candidate the own one, once public. Raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await results.visible(tx, name, candidate)

    async def page_for(self, candidate: str, size: int, token: str, **filters: str) -> Page[ResultRow]:
        """Return one page of results; for a candidate, where one is named, what is public of the own ones."""
        async with self.store.read() as tx:
            return await tx.page(results.visible_to(candidate, **filters), ResultRow, size, token)

    async def tally(self, exam: str, state: ResultState) -> tuple[int, int]:
        """Return how many results of an exam are in that state, and how many of them pass."""
        async with self.store.read() as tx:
            return await results.tally(tx, exam, state)


def _scores_missing(rows: Sequence[ResultRow]) -> AppError:
    problems = [
        Unmet(
            Reason.SCORE_MISSING,
            f"{row.candidate_display_name}: {', '.join(_missing(row))} not scored.",
            row.name,
        )
        for row in rows[:NAMED]
    ]
    return precondition(Reason.SCORE_MISSING, f"{len(rows)} results lack a score.", *problems)


def _missing(row: ResultRow) -> list[str]:
    scores = {"theory": row.theory_score, f"ability ({row.marking_state})": row.ability_score}
    return [part for part, score in scores.items() if score is None]


def _published(row: ResultRow, exam: ExamRow, body: BodyRow, listed: Listing) -> ResultPublished:
    assert row.theory_score is not None and row.ability_score is not None and row.published_on is not None
    return ResultPublished(
        result=row.name,
        person=row.person,
        holder_name=row.candidate_display_name,
        body=body.name,
        body_display_name=body.display_name,
        listing=listed.name,
        listing_batch=listed.batch,
        exam=exam.name,
        qualification=exam.qualification,
        theory_score=row.theory_score,
        ability_score=row.ability_score,
        passed=row.passed,
        examined_on=exam.examined_on,
        published_on=row.published_on,
    )
