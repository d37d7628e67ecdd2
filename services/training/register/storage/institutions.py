"""Look-ups of institutions."""

from sqlalchemy import select

from services.kit.storage.store import Transaction
from services.training.register.storage.rows.institutions import InstitutionRow


async def with_uscc(tx: Transaction, uscc: str) -> InstitutionRow | None:
    """Return the institution that has a unified social credit code."""
    return await tx.one(select(InstitutionRow).where(InstitutionRow.uscc == uscc))
