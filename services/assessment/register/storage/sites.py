"""Look-ups of examination sites."""

from sqlalchemy import select

from services.assessment.register.storage.rows.sites import SiteRow
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction


async def page(tx: Transaction, parent: str, state: str, size: int, token: str) -> Page[SiteRow]:
    """Return one page of a body's sites; "" for any state."""
    statement = select(SiteRow).where(SiteRow.parent == parent)
    wanted = statement.where(SiteRow.state == state) if state else statement
    return await tx.page(wanted, SiteRow, size, token)
