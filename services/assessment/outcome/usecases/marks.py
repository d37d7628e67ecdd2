"""Marks of the ability part: two examiners who do not see each other's, a third on disagreement."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.assessment.exam.domain.exam import MARKABLE
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.assessment.names import MARK
from services.assessment.outcome.domain.mark import Assignment, MarkingState, settle, unmet_mark_rules
from services.assessment.outcome.domain.result import ResultState
from services.assessment.outcome.storage import marks, results
from services.assessment.outcome.storage.rows.marks import MarkRow, RecusalRow
from services.assessment.outcome.storage.rows.results import ResultRow
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.policy import Policy
from services.assessment.reasons import Reason
from services.assessment.register.domain.examiner import unqualified
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.kit.errors import forbidden, precondition
from services.kit.storage.commands import command
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class MarkingView:
    """The marking of one candidate as one caller may see it; `concealed` names the marks without score."""

    state: str
    marks: Sequence[MarkRow]
    concealed: frozenset[str]
    score: int | None


class Marks:
    """Commands and look-ups of marks."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store = store
        self.policy = policy

    @command
    async def create(
        self, tx: Transaction, examiner: str, registration: str, score: int, note: str
    ) -> MarkRow:
        """Give a mark in tenths; the score is settled with the last one that is needed. Raises all reasons at once."""
        seat = await tx.get(RegistrationRow, registration)
        exam = await tx.get(ExamRow, seat.parent)
        if exam.state not in MARKABLE:
            message = f"{exam.name} is {exam.state}; marks are given while it is sat and marked."
            raise precondition("WRONG_STATE", message, name=exam.name, state=exam.state)
        result = await self._locked_result(tx, registration)
        given = list(await marks.of_registration(tx, registration))
        await self._check(tx, examiner, exam, seat, result, given)
        row = await tx.insert(
            MarkRow(
                name=MARK.child(examiner, registration.rsplit("/", 1)[-1]),
                parent=examiner,
                registration=registration,
                score=score,
                note=note,
            )
        )
        if result is not None:
            await self._settle(tx, exam, result, [*given, row])
        return row

    async def _locked_result(self, tx: Transaction, registration: str) -> ResultRow | None:
        """Lock the result, so that two examiners who mark at once are counted one after the other."""
        name = results.result_name(registration)
        return await tx.lock(ResultRow, name) if await tx.find(ResultRow, name) is not None else None

    async def _check(
        self,
        tx: Transaction,
        examiner: str,
        exam: ExamRow,
        seat: RegistrationRow,
        result: ResultRow | None,
        given: Sequence[MarkRow],
    ) -> None:
        who = await tx.get(ExaminerRow, examiner)
        recused = await tx.find(RecusalRow, marks.recusal_name(examiner, seat.candidate)) is not None
        settled = result is not None and (
            result.marking_state == MarkingState.SETTLED or result.state == ResultState.ANNULLED
        )
        by = tuple(mark.parent for mark in given)
        problems = unmet_mark_rules(
            Assignment(examiner, exam.examiners, recused, result is not None, by, settled)
        )
        problems += unqualified(who.name, who.state, who.qualifications, exam.occupation, exam.examined_on)
        if problems:
            raise precondition(problems[0].reason, problems[0].message, *problems, name=seat.name)

    async def _settle(
        self, tx: Transaction, exam: ExamRow, result: ResultRow, given: Sequence[MarkRow]
    ) -> None:
        settlement = settle([mark.score for mark in given], self.policy.marking(exam.examined_on))
        result.marking_state, result.ability_score = settlement.state, settlement.score
        if result.state == ResultState.PENDING:
            results.note_marked(result, self.policy.scoring(exam.examined_on))
        await tx.save(result)

    async def page(self, examiner: str, size: int, token: str) -> Page[MarkRow]:
        """Return one page of an examiner's own marks."""
        async with self.store.read() as tx:
            return await tx.page(matching(MarkRow, parent=examiner), MarkRow, size, token)

    async def marking(self, registration: str, examiner: str) -> MarkingView:
        """Return the marking of a candidate; scores of others are concealed until it is settled.

        Raises NOT_EXAMINER_OF_EXAM for an examiner who is not appointed.
        """
        async with self.store.read() as tx:
            seat = await tx.get(RegistrationRow, registration)
            exam = await tx.get(ExamRow, seat.parent)
            if examiner and examiner not in exam.examiners:
                raise forbidden(Reason.NOT_EXAMINER_OF_EXAM, f"{examiner} is no examiner of {exam.name}.")
            result = await tx.find(ResultRow, results.result_name(registration))
            given = await marks.of_registration(tx, registration)
        if result is not None and result.marking_state == MarkingState.SETTLED:
            return MarkingView(result.marking_state, given, frozenset(), result.ability_score)
        hidden = frozenset(mark.name for mark in given if mark.parent != examiner)
        state = result.marking_state if result is not None else MarkingState.AWAITING_MARKS
        return MarkingView(state, given, hidden, None)

    @command
    async def recuse(self, tx: Transaction, examiner: str, candidate: str, reason: str) -> RecusalRow:
        """Record that an examiner does not mark a candidate; raises NOT_FOUND, ALREADY_EXISTS."""
        await tx.get(ExaminerRow, examiner)
        await tx.get(CandidateRow, candidate)
        name = marks.recusal_name(examiner, candidate)
        tx.act.reason = reason
        return await tx.insert(RecusalRow(name=name, parent=examiner, candidate=candidate, reason=reason))

    async def recusals(self, examiner: str, size: int, token: str) -> Page[RecusalRow]:
        """Return one page of an examiner's recusals."""
        async with self.store.read() as tx:
            return await tx.page(matching(RecusalRow, parent=examiner), RecusalRow, size, token)
