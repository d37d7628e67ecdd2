"""The marking of a whole exam: the sitting ends, who did not come is noted, the theory part is marked by its key."""

import json
from collections.abc import Sequence

from services.assessment.bank.domain.answer import from_json
from services.assessment.bank.domain.item_score import score
from services.assessment.bank.domain.paper import PaperQuestion
from services.assessment.bank.storage import papers
from services.assessment.exam.domain.exam import TRANSITIONS, ExamAction
from services.assessment.exam.storage import registrations
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.outcome.domain.result import ResultState
from services.assessment.outcome.storage import results
from services.assessment.policy import Policy
from services.assessment.reasons import Reason
from services.assessment.sitting.domain.attempt import AttemptState
from services.assessment.sitting.storage import attempts
from services.assessment.sitting.storage.rows.attempts import AttemptRow
from services.kit.errors import Unmet, precondition
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.lifecycle import advance

NAMED = 50  # candidates that a refusal names at most


class Markings:
    """Commands about the marking of exams."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store = store
        self.policy = policy

    @command
    async def mark(self, tx: Transaction, exam: str, etag: str) -> ExamRow:
        """End the sitting and mark the theory part; raises WRONG_STATE, ATTEMPTS_RUNNING, PAPER_NOT_RELEASED."""
        row = await tx.lock(ExamRow, exam, etag)
        row.state = advance(TRANSITIONS, row.state, ExamAction.MARK, exam)
        await attempts.close_overdue(tx)
        if tx.now < row.theory_end:
            _refuse_running(exam, await attempts.unsubmitted(tx, exam))
        await registrations.mark_absent(tx, exam)
        await self._mark_theory(tx, row)
        return await tx.save(row)

    async def tally(self, exam: str) -> tuple[int, int]:
        """Return how many results of an exam are marked, and how many wait for marks."""
        async with self.store.read() as tx:
            marked, _ = await results.tally(tx, exam, ResultState.MARKED)
            pending, _ = await results.tally(tx, exam, ResultState.PENDING)
        return marked, pending

    async def _mark_theory(self, tx: Transaction, row: ExamRow) -> None:
        rows = [each for each in await results.of_exam(tx, row.name) if each.state is ResultState.PENDING]
        given = await attempts.answers_of_exam(tx, row.name)
        questions = await _questions(tx, row, given)
        scoring = self.policy.scoring(row.examined_on)
        for result in rows:
            result.theory_score = theory_score(questions, given.get(result.registration, {}))
            results.note_marked(result, scoring)
        await tx.save_all(rows)


def _refuse_running(exam: str, running: Sequence[AttemptRow]) -> None:
    if running:
        problems = [
            Unmet(Reason.ATTEMPTS_RUNNING, f"{a.name} is {a.state}, not {AttemptState.SUBMITTED}.", a.name)
            for a in running[:NAMED]
        ]
        message = f"{len(running)} candidates have not submitted and the theory window is open."
        raise precondition(Reason.ATTEMPTS_RUNNING, message, *problems, name=exam)


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
