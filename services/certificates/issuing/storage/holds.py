"""Holds of certificates, as a history: at most one lasts."""

from sqlalchemy import select

from services.certificates.issuing.storage.rows.holds import HoldRow
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Transaction


async def page(tx: Transaction, certificate: str, size: int, token: str) -> Page[HoldRow]:
    """Return one page of the holds of a certificate, oldest first."""
    return await tx.page(matching(HoldRow, parent=certificate), HoldRow, size, token)


async def lasting(tx: Transaction, certificate: str) -> HoldRow | None:
    """Return the hold that has not ended, or None."""
    wanted = select(HoldRow).where(HoldRow.parent == certificate, HoldRow.ended_at.is_(None))
    return await tx.one(wanted)


async def end(tx: Transaction, certificate: str, note: str) -> HoldRow | None:
    """End the hold that lasts and return it; None where none does."""
    hold = await lasting(tx, certificate)
    if hold is not None:
        hold.ended_at, hold.end_note = tx.now, note
        await tx.save(hold)
    return hold
