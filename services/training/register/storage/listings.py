"""Listings in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from services.kit.storage.store import Transaction
from services.training.register.domain.listing import ListingRole, Term
from services.training.register.storage.rows.listings import ListingRow


def of_institution(institution: str, occupation: str, state: str) -> Select[Any]:
    """Return the SELECT of an institution's listings; empty filters are left out."""
    statement = select(ListingRow).where(col(ListingRow.parent) == institution)
    if occupation:
        statement = statement.where(col(ListingRow.occupation) == occupation)
    if state:
        statement = statement.where(col(ListingRow.state) == state)
    return statement


async def terms(tx: Transaction, institution: str, occupation: str) -> Sequence[Term]:
    """Return the training listings of an institution for one occupation that ever had days of validity."""
    statement = of_institution(institution, occupation, "").where(
        col(ListingRow.role) == ListingRole.TRAINING, col(ListingRow.valid_from).is_not(None)
    )
    return [_term(row) for row in await tx.all(statement)]


def _term(row: ListingRow) -> Term:
    history = [(state, date.fromisoformat(since)) for state, since, _ in row.history]
    assert row.valid_from is not None and row.valid_to is not None
    return Term(row.name, row.batch, row.valid_from, row.valid_to, history)


async def with_open_key(tx: Transaction, key: str) -> ListingRow | None:
    """Return the listing of an institution, occupation and role that is neither removed nor expired."""
    return await tx.one(select(ListingRow).where(col(ListingRow.open_key) == key))
