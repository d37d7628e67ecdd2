"""Institutions in the database."""

from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from services.kit.storage.store import Transaction
from services.training.register.storage.rows.institutions import InstitutionRow


def in_region(region: str) -> Select[Any]:
    """Return the SELECT of the institutions of a region; all where it is empty."""
    statement = select(InstitutionRow)
    return statement.where(col(InstitutionRow.region) == region) if region else statement


async def with_uscc(tx: Transaction, uscc: str) -> InstitutionRow | None:
    """Return the institution that has a unified social credit code."""
    return await tx.one(select(InstitutionRow).where(col(InstitutionRow.uscc) == uscc))
