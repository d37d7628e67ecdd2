"""Completions in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from services.kit.storage.store import Transaction
from services.training.completion.storage.rows.completions import CompletionRow
from services.training.teaching.domain.enrollment import EnrollmentState
from services.training.teaching.domain.program import Qualification
from services.training.teaching.storage.rows.enrollments import EnrollmentRow


def of_institution(institution: str, cohort: str, state: str) -> Select[Any]:
    """Return the SELECT of an institution's completions; empty filters are left out."""
    statement = select(CompletionRow).where(col(CompletionRow.parent) == institution)
    if cohort:
        statement = statement.where(col(CompletionRow.cohort) == cohort)
    if state:
        statement = statement.where(col(CompletionRow.state) == state)
    return statement


def standing_key(institution: str, person: str, qualification: Qualification) -> str:
    """Return the key of which an institution may have one standing completion."""
    q = qualification
    return "|".join((institution, person, q.occupation, q.direction, str(int(q.level))))


async def standing(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Return which of these keys have a standing completion."""
    statement = select(col(CompletionRow.standing_key)).where(col(CompletionRow.standing_key).in_(keys))
    return {key for key in await tx.all(statement) if key is not None}


async def of_enrollments(tx: Transaction, enrollments: Sequence[str]) -> dict[str, CompletionRow]:
    """Return the completions of these enrollments, by enrollment."""
    statement = select(CompletionRow).where(col(CompletionRow.enrollment).in_(enrollments))
    return {row.enrollment: row for row in await tx.all(statement)}


async def open_enrollments(tx: Transaction, cohort: str, most: int) -> Sequence[str]:
    """Return the enrollments of a cohort that are still without a completion, by name."""
    statement = select(col(EnrollmentRow.name)).where(
        col(EnrollmentRow.parent) == cohort, col(EnrollmentRow.state) == EnrollmentState.ENROLLED
    )
    return await tx.all(statement.order_by(col(EnrollmentRow.name)).limit(most))
