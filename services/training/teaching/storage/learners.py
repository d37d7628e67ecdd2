"""Learners in the database."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlmodel import col

from services.kit.storage.store import Transaction
from services.training.teaching.storage.rows.learners import LearnerRow


class Known(NamedTuple):
    """What an import needs of a learner whom the institution knows."""

    name: str
    display_name: str


async def by_blind_index(tx: Transaction, institution: str, indexes: Sequence[str]) -> dict[str, Known]:
    """Return the learners of an institution under these blind indexes."""
    columns = col(LearnerRow.blind_index), col(LearnerRow.name), col(LearnerRow.display_name)
    statement = select(*columns).where(
        col(LearnerRow.parent) == institution, col(LearnerRow.blind_index).in_(indexes)
    )
    return {row.blind_index: Known(row.name, row.display_name) for row in await tx.execute(statement)}


async def find(tx: Transaction, institution: str, blind_index: str) -> LearnerRow | None:
    """Return the learner of an institution under a blind index."""
    return await tx.one(
        select(LearnerRow).where(
            col(LearnerRow.parent) == institution, col(LearnerRow.blind_index) == blind_index
        )
    )


async def locked(tx: Transaction, names: Sequence[str]) -> dict[str, LearnerRow]:
    """Return the learners of these names, locked so that a person's completions follow one another."""
    statement = select(LearnerRow).where(col(LearnerRow.name).in_(names)).with_for_update()
    return {row.name: row for row in await tx.all(statement.order_by(col(LearnerRow.name)))}


def of_institution(institution: str) -> Select[Any]:
    """Return the SELECT of an institution's learners."""
    return select(LearnerRow).where(col(LearnerRow.parent) == institution)
