"""What can be done with exams, from the schedule to the marking."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.assessment.bank.domain.answer import from_json
from services.assessment.bank.domain.item_score import score
from services.assessment.bank.domain.paper import PaperQuestion
from services.assessment.bank.storage import papers
from services.assessment.exam.domain.exam import (
    EXAM,
    TRANSITIONS,
    ExamAction,
    ExamState,
    Plan,
    Window,
    unmet_schedule_rules,
)
from services.assessment.exam.storage import exams, registrations
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.names import BODY
from services.assessment.outcome.domain.result import ResultState
from services.assessment.outcome.storage import results
from services.assessment.person.domain.policy import Policy
from services.assessment.reasons import Reason
from services.assessment.register.storage import bodies
from services.assessment.sitting.domain.attempt import AttemptState
from services.assessment.sitting.storage import attempts
from services.assessment.sitting.storage.rows.attempts import AttemptRow
from services.kit.clock import local_day
from services.kit.errors import Unmet, precondition
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.vocabulary.listing import Listing
from services.vocabulary.qualification import Qualification

NAMED = 50  # candidates that a refusal names at most


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExam:
    """An exam to schedule; no `registration_close` means the start of the theory window."""

    id: str
    display_name: str
    site: str
    qualification: Qualification
    paper: str
    theory: Window
    theory_minutes: int
    ability: Window
    ability_task: str
    capacity: int
    proctors: list[str]
    examiners: list[str]
    registration_close: datetime | None = None


class Exams:
    """Commands and look-ups of exams."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store = store
        self.policy = policy

    @command
    async def schedule(self, tx: Transaction, body: str, new: NewExam) -> ExamRow:
        """Schedule an exam; raises BODY_CLOSED, and EXAM_RULES_UNMET with every rule that is not met."""
        name = EXAM.child(body, new.id or new_id())
        await bodies.active_body(tx, body)
        day = local_day(new.theory.start)
        listing = await exams.listing_on(tx, body, new.qualification.occupation, day)
        if problems := unmet_schedule_rules(await self._plan(tx, body, new, listing)):
            raise precondition(
                Reason.EXAM_RULES_UNMET, "The exam does not meet the rules.", *problems, name=name
            )
        assert listing is not None
        return await tx.insert(
            ExamRow(
                name=name,
                parent=body,
                display_name=new.display_name,
                site=new.site,
                paper=new.paper,
                occupation=new.qualification.occupation,
                direction=new.qualification.direction,
                level=int(new.qualification.level),
                theory_start=new.theory.start,
                theory_end=new.theory.end,
                theory_minutes=new.theory_minutes,
                ability_start=new.ability.start,
                ability_end=new.ability.end,
                ability_task=new.ability_task,
                capacity=new.capacity,
                proctors=new.proctors,
                examiners=new.examiners,
                registration_close=new.registration_close or new.theory.start,
                examined_on=day,
                ticket_series=await exams.next_series(tx, day),
                listing=listing.name,
                state=ExamState.SCHEDULED,
            )
        )

    async def _plan(self, tx: Transaction, body: str, new: NewExam, listing: Listing | None) -> Plan:
        day = local_day(new.theory.start)
        return Plan(
            body=body,
            qualification=new.qualification,
            examined_on=day,
            theory=new.theory,
            theory_minutes=new.theory_minutes,
            ability=new.ability,
            registration_close=new.registration_close or new.theory.start,
            capacity=new.capacity,
            listing=listing.name if listing else "",
            site=await exams.planned_site(tx, body, new.site),
            paper=await exams.planned_paper(tx, body, new.paper),
            proctors=await exams.appointees(tx, body, new.proctors),
            examiners=await exams.appointees(tx, body, new.examiners),
            staffing=self.policy.staffing(day),
            now=tx.now,
        )

    @command
    async def open(self, tx: Transaction, name: str, etag: str) -> ExamRow:
        """Open registration; raises WRONG_STATE."""
        return await _move(tx, name, etag, ExamAction.OPEN)

    @command
    async def close(self, tx: Transaction, name: str, etag: str) -> ExamRow:
        """Close registration; raises WRONG_STATE."""
        return await _move(tx, name, etag, ExamAction.CLOSE)

    @command
    async def cancel(self, tx: Transaction, name: str, etag: str, reason: str) -> ExamRow:
        """Cancel an exam that has not begun; raises WRONG_STATE."""
        row = await _move(tx, name, etag, ExamAction.CANCEL)
        row.cancel_reason = reason
        return await tx.save(row)

    @command
    async def begin(self, tx: Transaction, name: str, etag: str) -> ExamRow:
        """Begin the sitting on the exam day; raises WRONG_STATE, OUTSIDE_EXAM_WINDOW, EXAM_RULES_UNMET."""
        row = await tx.lock(ExamRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, ExamAction.BEGIN, name)
        if local_day(tx.now) < row.examined_on or tx.now >= row.theory_end:
            message = f"{name} takes place on {row.examined_on}, the theory part until {row.theory_end}."
            raise precondition(Reason.OUTSIDE_EXAM_WINDOW, message, name=name)
        if problems := unmet_schedule_rules(await self._plan_today(tx, row)):
            raise precondition(
                Reason.EXAM_RULES_UNMET, "The exam no longer meets the rules.", *problems, name=name
            )
        return await tx.save(row)

    async def _plan_today(self, tx: Transaction, row: ExamRow) -> Plan:
        new = NewExam(
            id="",
            display_name=row.display_name,
            site=row.site,
            qualification=exams.qualification(row),
            paper=row.paper,
            theory=exams.theory_window(row),
            theory_minutes=row.theory_minutes,
            ability=Window(row.ability_start, row.ability_end),
            ability_task="",
            capacity=row.capacity,
            proctors=row.proctors,
            examiners=row.examiners,
            registration_close=row.registration_close,
        )
        listing = await exams.listing_on(tx, row.parent, row.occupation, row.examined_on)
        return await self._plan(tx, row.parent, new, listing)

    @command
    async def mark(self, tx: Transaction, name: str, etag: str) -> ExamRow:
        """End the sitting and mark the theory part; raises WRONG_STATE, ATTEMPTS_RUNNING, PAPER_NOT_RELEASED."""
        row = await tx.lock(ExamRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, ExamAction.MARK, name)
        await attempts.close_overdue(tx)
        if tx.now < row.theory_end:
            _refuse_running(name, await attempts.unsubmitted(tx, name))
        await registrations.mark_absent(tx, name)
        await self._mark_theory(tx, row)
        return await tx.save(row)

    async def _mark_theory(self, tx: Transaction, row: ExamRow) -> None:
        rows = [
            result for result in await results.of_exam(tx, row.name) if result.state == ResultState.PENDING
        ]
        given = await attempts.answers_of_exam(tx, row.name)
        questions = await _questions(tx, row, given)
        scoring = self.policy.scoring(row.examined_on)
        for result in rows:
            result.theory_score = theory_score(questions, given.get(result.registration, {}))
            results.note_marked(result, scoring)
        await results.save_all(tx, rows)

    async def get(self, name: str) -> ExamRow:
        """Return one exam; raises NOT_FOUND."""
        EXAM.parse(name)
        async with self.store.read() as tx:
            return await tx.get(ExamRow, name)

    async def page(self, body: str, occupation: str, state: str, size: int, token: str) -> Page[ExamRow]:
        """Return one page of a body's exams, of all bodies for "bodies/-"."""
        if body != "bodies/-":
            BODY.parse(body, "parent")
        async with self.store.read() as tx:
            return await exams.page(tx, "" if body == "bodies/-" else body, occupation, state, size, token)


async def _move(tx: Transaction, name: str, etag: str, action: ExamAction) -> ExamRow:
    row = await tx.lock(ExamRow, name, etag)
    row.state = advance(TRANSITIONS, row.state, action, name)
    return await tx.save(row)


def _refuse_running(name: str, running: Sequence[AttemptRow]) -> None:
    if running:
        problems = [
            Unmet(Reason.ATTEMPTS_RUNNING, f"{a.name} is {a.state}, not {AttemptState.SUBMITTED}.", a.name)
            for a in running[:NAMED]
        ]
        message = f"{len(running)} candidates have not submitted and the theory window is open."
        raise precondition(Reason.ATTEMPTS_RUNNING, message, *problems, name=name)


async def _questions(
    tx: Transaction, row: ExamRow, given: dict[str, dict[int, str]]
) -> tuple[PaperQuestion, ...]:
    """Return the questions with keys; none where nobody answered, for then the paper may still be sealed."""
    return (await papers.sealed_paper(tx, row.paper)).questions if given else ()


def theory_score(questions: tuple[PaperQuestion, ...], answers: dict[int, str]) -> int:
    """Return the tenths of a point that saved answers (position → JSON) earn."""
    return sum(
        score(question.content, from_json(json.loads(answers[question.position])), question.points)
        for question in questions
        if question.position in answers
    )
