"""Look-ups of results and integrity records."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Integer, cast, func, select

from services.assessment.outcome.domain.result import (
    PUBLIC,
    TRANSITIONS,
    ResultAction,
    ResultState,
    Term,
    passes,
)
from services.assessment.outcome.storage.rows.results import IntegrityRecordRow, ResultRow
from services.assessment.person.domain.policy import Scoring
from services.kit.errors import not_found
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction
from services.kit.values.lifecycle import advance


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


async def page(
    tx: Transaction, body: str, candidate: str, exam: str, state: str, size: int, token: str
) -> Page[ResultRow]:
    """Return one page of results; "" for any. With a candidate only what is public."""
    statement = select(ResultRow)
    filters = (
        (ResultRow.parent, body),
        (ResultRow.candidate, candidate),
        (ResultRow.exam, exam),
        (ResultRow.state, state),
    )
    for column, value in filters:
        if value:
            statement = statement.where(column == value)
    if candidate:
        statement = statement.where(ResultRow.state.in_([state.value for state in sorted(PUBLIC)]))
    return await tx.page(statement, ResultRow, size, token)


async def tally(tx: Transaction, exam: str, state: ResultState) -> tuple[int, int]:
    """Return how many results of an exam are in that state, and how many of them pass."""
    statement = select(func.count(), func.coalesce(func.sum(cast(ResultRow.passed, Integer)), 0))
    count, passed = (
        await tx.execute(statement.where(ResultRow.exam == exam, ResultRow.state == state))
    ).one()
    return int(count), int(passed)


async def save_all(tx: Transaction, rows: Iterable[ResultRow]) -> None:
    """Write many changed rows in one flush; each is still a compare-and-set."""
    for row in rows:
        row.update_time = tx.now
    await tx.session.flush()


async def terms(tx: Transaction, person: str) -> list[Term]:
    """Return the integrity records of a person as terms."""
    rows = await tx.all(select(IntegrityRecordRow).where(IntegrityRecordRow.parent == person))
    return [Term(row.starts_on, row.ends_on) for row in rows]


async def integrity_records(tx: Transaction, person: str, size: int, token: str) -> Page[IntegrityRecordRow]:
    """Return one page of a person's integrity records."""
    of_person = select(IntegrityRecordRow).where(IntegrityRecordRow.parent == person)
    return await tx.page(of_person, IntegrityRecordRow, size, token)


def note_marked(row: ResultRow, scoring: Scoring) -> None:
    """Move a pending result on once theory and ability are both scored."""
    if row.theory_score is None or row.ability_score is None:
        return
    row.state = advance(TRANSITIONS, row.state, ResultAction.MARK, row.name)
    row.passed = passes(row.theory_score, row.ability_score, scoring)
