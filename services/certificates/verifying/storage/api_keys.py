"""Counting the keys of employers."""

from datetime import datetime

from sqlalchemy import func, select

from services.certificates.verifying.storage.rows.api_keys import ApiKeyRow
from services.kit.storage.store import Transaction


async def valid(tx: Transaction, employer: str, now: datetime) -> int:
    """Return how many keys of an employer are accepted at `now`."""
    accepted = ApiKeyRow.parent == employer, ApiKeyRow.revoked_at.is_(None), ApiKeyRow.expires_at > now
    return (await tx.execute(select(func.count()).select_from(ApiKeyRow).where(*accepted))).scalar_one()
