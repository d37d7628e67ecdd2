"""Share links by the digest of their token, and how many holders made."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from services.certificates.verifying.storage.rows.shares import ShareRow
from services.kit.storage.store import Transaction

DAY = timedelta(days=1)


async def by_digest(tx: Transaction, token_sha256: str) -> ShareRow | None:
    """Return the link that a token opens, or None."""
    return await tx.one(select(ShareRow).where(ShareRow.token_sha256 == token_sha256))


async def made_by_holder_since(tx: Transaction, certificate: str, since: datetime) -> int:
    """Return how many links the holder has made for a certificate since a moment."""
    made = ShareRow.parent == certificate, ShareRow.by_holder, ShareRow.create_time > since
    return (await tx.execute(select(func.count()).select_from(ShareRow).where(*made))).scalar_one()
