"""Enrollments in the database."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from services.kit.storage.store import Transaction
from services.training.teaching.domain.enrollment import EnrollmentState
from services.training.teaching.storage.rows.enrollments import EnrollmentRow


async def count(tx: Transaction, cohort: str) -> int:
    """Return how many learners take a place in a cohort: all but those who left."""
    places = (
        select(func.count())
        .select_from(EnrollmentRow)
        .where(EnrollmentRow.parent == cohort, EnrollmentRow.state != EnrollmentState.DROPPED)
    )
    return int((await tx.execute(places)).scalar_one())


async def named(tx: Transaction, names: Sequence[str]) -> dict[str, EnrollmentRow]:
    """Return the enrollments of these names that exist, locked, by name."""
    statement = select(EnrollmentRow).where(EnrollmentRow.name.in_(names)).with_for_update()
    return {row.name: row for row in await tx.all(statement.order_by(EnrollmentRow.name))}


async def states(tx: Transaction, cohort: str, learners: Sequence[str]) -> dict[str, EnrollmentState]:
    """Return the state of each of these learners in a cohort, by learner."""
    statement = select(EnrollmentRow.learner, EnrollmentRow.state).where(
        EnrollmentRow.parent == cohort, EnrollmentRow.learner.in_(learners)
    )
    return {row.learner: row.state for row in await tx.execute(statement)}


async def rename(tx: Transaction, learner: str, display_name: str) -> None:
    """Show a learner's new name in every enrollment."""
    statement = update(EnrollmentRow).where(EnrollmentRow.learner == learner)
    await tx.execute(statement.values(learner_display_name=display_name))
