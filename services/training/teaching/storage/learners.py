"""Learners in the database."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction
from services.training.teaching.storage.rows.learners import LearnerRow


class Known(NamedTuple):
    """What an import needs of a learner whom the institution knows."""

    name: str
    display_name: str


async def by_blind_index(tx: Transaction, institution: str, indexes: Sequence[str]) -> dict[str, Known]:
    """Return the learners of an institution under these blind indexes."""
    columns = LearnerRow.blind_index, LearnerRow.name, LearnerRow.display_name
    statement = select(*columns).where(LearnerRow.parent == institution, LearnerRow.blind_index.in_(indexes))
    return {row.blind_index: Known(row.name, row.display_name) for row in await tx.execute(statement)}


async def find(tx: Transaction, institution: str, blind_index: str) -> LearnerRow | None:
    """Return the learner of an institution under a blind index."""
    return await tx.one(matching(LearnerRow, parent=institution, blind_index=blind_index))


async def locked(tx: Transaction, names: Sequence[str]) -> dict[str, LearnerRow]:
    """Return the learners of these names, locked so that a person's completions follow one another."""
    statement = select(LearnerRow).where(LearnerRow.name.in_(names)).with_for_update()
    return {row.name: row for row in await tx.all(statement.order_by(LearnerRow.name))}
