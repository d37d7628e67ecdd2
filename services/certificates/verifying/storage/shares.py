"""Share links by certificate and by the digest of their token."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from services.certificates.issuing.storage.rows.certificates import ShareRow
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction

DAY = timedelta(days=1)


async def page(tx: Transaction, certificate: str, size: int, token: str) -> Page[ShareRow]:
    """Return one page of the links of a certificate, oldest first."""
    return await tx.page(select(ShareRow).where(col(ShareRow.parent) == certificate), ShareRow, size, token)


async def by_digest(tx: Transaction, token_sha256: str) -> ShareRow | None:
    """Return the link that a token opens, or None."""
    return await tx.one(select(ShareRow).where(col(ShareRow.token_sha256) == token_sha256))


async def made_by_holder_since(tx: Transaction, certificate: str, since: datetime) -> int:
    """Return how many links the holder has made for a certificate since a moment."""
    wanted = col(ShareRow.parent) == certificate, col(ShareRow.by_holder), col(ShareRow.create_time) > since
    return int((await tx.execute(select(func.count()).select_from(ShareRow).where(*wanted))).scalar_one())
