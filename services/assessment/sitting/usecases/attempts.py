"""The theory part as it is sat: check in, start, save, resume, submit, and the clock that submits by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from services.assessment.bank.domain.paper import PaperQuestion
from services.assessment.bank.storage import papers
from services.assessment.bank.storage.rows.papers import PaperRow
from services.assessment.exam.domain.exam import ExamState
from services.assessment.exam.domain.registration import TRANSITIONS as REGISTRATION_TRANSITIONS
from services.assessment.exam.domain.registration import RegistrationAction
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.assessment.names import ATTEMPT
from services.assessment.reasons import Reason
from services.assessment.sitting.domain.attempt import (
    TRANSITIONS,
    AttemptAction,
    AttemptState,
    deadline,
    overdue,
)
from services.assessment.sitting.storage import attempts
from services.assessment.sitting.storage.rows.attempts import AnswerRow, AttemptRow
from services.kit.errors import AppError, Violation, forbidden, invalid, not_found, precondition
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.hot import HotPath
from services.kit.storage.store import Store, Transaction
from services.kit.values.lifecycle import advance

SWEEP_SECONDS = 1.0
Arrival = Callable[[Transaction, ExamRow, RegistrationRow], Awaitable[None]]
"""What else happens when a candidate is checked in, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a candidate works on; questions only while the clock runs."""

    attempt: AttemptRow
    questions: Sequence[PaperQuestion]
    answers: Sequence[AnswerRow]


class Attempts(Resource[AttemptRow]):
    """Commands and questions about attempts; `arrived` is told of every candidate who is checked in."""

    row, pattern = AttemptRow, ATTEMPT

    def __init__(self, store: Store, hot: HotPath, arrived: Arrival) -> None:
        super().__init__(store)
        self.writer = attempts.AnswerWriter(hot)
        self.arrived = arrived

    @command
    async def check_in(self, tx: Transaction, registration: str, proctor: str) -> AttemptRow:
        """Note that the candidate came; raises NOT_PROCTOR, WRONG_STATE."""
        seat = await tx.lock(RegistrationRow, registration)
        exam = await tx.get(ExamRow, seat.parent)
        if proctor and proctor not in exam.proctors:
            raise forbidden(Reason.NOT_PROCTOR, f"{proctor} is no proctor of {exam.name}.", name=exam.name)
        _require_in_progress(exam)
        seat.state = advance(REGISTRATION_TRANSITIONS, seat.state, RegistrationAction.CHECK_IN, registration)
        await tx.save(seat)
        await self.arrived(tx, exam, seat)
        paper = await tx.get(PaperRow, exam.paper)
        return await tx.insert(
            AttemptRow(
                name=ATTEMPT.child(seat.candidate, registration.rsplit("/", 1)[-1]),
                parent=seat.candidate,
                exam=exam.name,
                registration=registration,
                paper=exam.paper,
                question_count=paper.question_count,
                state=AttemptState.CHECKED_IN,
            )
        )

    @command
    async def start(self, tx: Transaction, name: str) -> AttemptRow:
        """Start the clock; a started attempt stays as it is. Raises OUTSIDE_EXAM_WINDOW, PAPER_NOT_RELEASED."""
        row = await tx.lock(AttemptRow, name)
        if row.state == AttemptState.STARTED:
            return row
        row.state = advance(TRANSITIONS, row.state, AttemptAction.START, name)
        exam = await tx.get(ExamRow, row.exam)
        _require_in_progress(exam)
        window = exam.theory
        if not window.holds(tx.now):
            message = f"The theory part is sat from {window.start} to {window.end}."
            raise precondition(Reason.OUTSIDE_EXAM_WINDOW, message, name=exam.name)
        await papers.open_paper(tx, row.paper, name)
        row.start_time, row.deadline = tx.now, deadline(tx.now, exam.theory_minutes, window.end)
        return await tx.save(row)

    async def save(self, name: str, answers: Sequence[tuple[int, int, str]]) -> int:
        """Save (position, sequence, JSON) answers; on disk when this returns how many were new.

        Raises ATTEMPT_CLOSED, ATTEMPT_NOT_STARTED, UNKNOWN_QUESTION.
        """
        now = self.store.clock.now()
        saved = await self.writer.save(name, answers, now)
        if saved < len(answers):
            await self._explain(name, answers)
        return saved

    async def _explain(self, name: str, answers: Sequence[tuple[int, int, str]]) -> None:
        """Return where newer answers were there already; raise where the attempt takes none."""
        found = await self.writer.attempt.one(attempt=name)
        if found is None:
            raise not_found(name)
        state, due, count = found
        if state == AttemptState.CHECKED_IN:
            raise precondition(Reason.ATTEMPT_NOT_STARTED, f"{name} has not been started.", name=name)
        if state != AttemptState.STARTED or overdue(state, due, self.store.clock.now()):
            raise precondition(
                Reason.ATTEMPT_CLOSED, f"The time of {name} is over; answers are final.", name=name
            )
        if (largest := max(position for position, _, _ in answers)) > count:
            raise _unknown_question(largest, count)

    @command
    async def submit(self, tx: Transaction, name: str) -> AttemptRow:
        """Hand the paper in; a submitted attempt stays as it is."""
        await attempts.close_overdue(tx)
        row = await tx.lock(AttemptRow, name)
        if row.state == AttemptState.SUBMITTED:
            return row
        row.state = advance(TRANSITIONS, row.state, AttemptAction.SUBMIT, name)
        row.submit_time = tx.now
        return await tx.save(row)

    async def sheet(self, name: str) -> Sheet:
        """Return paper, saved answers and clock; raises ATTEMPT_NOT_STARTED."""
        row = await self.get(name)
        if row.state == AttemptState.CHECKED_IN:
            raise precondition(Reason.ATTEMPT_NOT_STARTED, f"{name} has not been started.", name=name)
        async with self.store.read() as tx:
            answers = await attempts.saved_answers(tx, name)
            if row.state != AttemptState.STARTED:
                return Sheet(row, (), answers)
            return Sheet(row, (await papers.sealed_paper(tx, row.paper)).questions, answers)

    async def get(self, name: str) -> AttemptRow:
        """Return one attempt; one whose time is over is submitted first. Raises NOT_FOUND."""
        async with self.store.read() as tx:
            row = await tx.get(AttemptRow, name)
        if not overdue(row.state, row.deadline, self.store.clock.now()):
            return row
        async with self.store.write() as tx:
            await attempts.close_overdue(tx)
            return await tx.get(AttemptRow, name)

    async def sweep(self) -> int:
        """Submit every attempt whose time is over; returns how many."""
        async with self.store.read() as tx:
            if not await attempts.any_overdue(tx):
                return 0
        async with self.store.write() as tx:
            return await attempts.close_overdue(tx)

    async def keep_sweeping(self) -> None:
        """Sweep for ever: a background task of the service."""
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_SECONDS)


def _require_in_progress(exam: ExamRow) -> None:
    if exam.state != ExamState.IN_PROGRESS:
        message = f"{exam.name} is {exam.state}, not {ExamState.IN_PROGRESS}."
        raise precondition("WRONG_STATE", message, name=exam.name, state=exam.state)


def _unknown_question(position: int, count: int) -> AppError:
    message = f"The paper has {count} questions, none at {position}."
    return invalid(Reason.UNKNOWN_QUESTION, message, Violation("answers", message, Reason.UNKNOWN_QUESTION))
