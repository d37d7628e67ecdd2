"""Completions in the database."""

from collections.abc import Sequence

from sqlalchemy import select

from services.kit.storage.store import Transaction
from services.training.completion.storage.rows.completions import CompletionRow
from services.training.teaching.domain.enrollment import EnrollmentState
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.vocabulary.qualification import Qualification


def standing_key(institution: str, person: str, qualification: Qualification) -> str:
    """Return the key of which an institution may have one standing completion."""
    q = qualification
    return "|".join((institution, person, q.occupation, q.direction, str(int(q.level))))


async def standing(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Return which of these keys have a standing completion."""
    statement = select(CompletionRow.standing_key).where(CompletionRow.standing_key.in_(keys))
    return {key for key in await tx.all(statement) if key is not None}


async def of_enrollments(tx: Transaction, enrollments: Sequence[str]) -> dict[str, CompletionRow]:
    """Return the completions of these enrollments, by enrollment."""
    statement = select(CompletionRow).where(CompletionRow.enrollment.in_(enrollments))
    return {row.enrollment: row for row in await tx.all(statement)}


async def open_enrollments(tx: Transaction, cohort: str, most: int) -> Sequence[str]:
    """Return the enrollments of a cohort that are still without a completion, by name."""
    statement = select(EnrollmentRow.name).where(
        EnrollmentRow.parent == cohort, EnrollmentRow.state == EnrollmentState.ENROLLED
    )
    return await tx.all(statement.order_by(EnrollmentRow.name).limit(most))
