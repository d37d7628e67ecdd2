"""Look-ups of results."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Select, cast, func, select

from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.assessment.outcome.domain.mark import MarkingState
from services.assessment.outcome.domain.result import (
    PUBLIC,
    TRANSITIONS,
    ResultAction,
    ResultState,
    passes,
)
from services.assessment.outcome.storage.rows.results import ResultRow
from services.assessment.policy import Scoring
from services.kit.errors import not_found
from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction
from services.kit.values.lifecycle import advance
from services.vocabulary.rows import columns_of


def result_name(registration: str) -> str:
    """Return the name of the result of a registration: its body, and the same id."""
    parts = registration.split("/")
    return f"bodies/{parts[1]}/results/{parts[-1]}"


async def of_exam(tx: Transaction, exam: str) -> Sequence[ResultRow]:
    """Return all results of an exam in the order of their names."""
    return await tx.all(select(ResultRow).where(ResultRow.exam == exam).order_by(ResultRow.name))


async def visible(tx: Transaction, name: str, candidate: str) -> ResultRow:
    """Return a result; to a candidate only the own one and once it is public; raises NOT_FOUND."""
    row = await tx.get(ResultRow, name)
    if candidate and (row.candidate != candidate or not _public(row)):
        raise not_found(name)
    return row


def _public(row: ResultRow) -> bool:
    return row.state in PUBLIC


def visible_to(candidate: str, **filters: str) -> Select[Any]:
    """Return the SELECT of the results whose columns equal `filters`; of a candidate only what is public."""
    wanted = matching(ResultRow, candidate=candidate, **filters)
    return wanted.where(ResultRow.state.in_(PUBLIC)) if candidate else wanted


async def open_result(tx: Transaction, exam: ExamRow, seat: RegistrationRow) -> None:
    """Store the result of a candidate who was checked in, which waits for its marks."""
    row = ResultRow(
        name=result_name(seat.name),
        parent=exam.parent,
        exam=exam.name,
        registration=seat.name,
        candidate=seat.candidate,
        candidate_display_name=seat.candidate_display_name,
        person=seat.person,
        **columns_of(exam.qualification),
        examined_on=exam.examined_on,
        marking_state=MarkingState.AWAITING_MARKS,
        state=ResultState.PENDING,
    )
    await tx.insert(row)


async def tally(tx: Transaction, exam: str, state: ResultState) -> tuple[int, int]:
    """Return how many results of an exam are in that state, and how many of them pass."""
    statement = select(func.count(), func.coalesce(func.sum(cast(ResultRow.passed, Integer)), 0))
    count, passed = (
        await tx.execute(statement.where(ResultRow.exam == exam, ResultRow.state == state))
    ).one()
    return int(count), int(passed)


def note_marked(row: ResultRow, scoring: Scoring) -> None:
    """Move a pending result on once theory and ability are both scored."""
    if row.theory_score is None or row.ability_score is None:
        return
    row.state = advance(TRANSITIONS, row.state, ResultAction.MARK, row.name)
    row.passed = passes(row.theory_score, row.ability_score, scoring)
