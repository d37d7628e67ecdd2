"""Look-ups of catalogue listings, and the guard that exams stand behind."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from services.assessment.register.domain.listing import ENDED, in_force, not_listed
from services.assessment.register.storage.rows.listings import ListingRow
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction


async def listed_on(tx: Transaction, body: str, occupation: str, day: date) -> ListingRow:
    """Return the listing that lets the body examine the occupation on that day; raises NOT_LISTED."""
    for row in await _of_occupation(tx, body, occupation):
        if in_force(row.history, row.valid_from, row.valid_to, day):
            return row
    raise not_listed(body, occupation, day)


async def live(tx: Transaction, body: str, occupation: str) -> ListingRow | None:
    """Return the listing of that occupation which has not ended, None where there is none."""
    rows = await _of_occupation(tx, body, occupation)
    return next((row for row in rows if row.state not in ENDED), None)


async def _of_occupation(tx: Transaction, body: str, occupation: str) -> Sequence[ListingRow]:
    of_body = select(ListingRow).where(ListingRow.parent == body, ListingRow.occupation == occupation)
    return await tx.all(of_body.order_by(ListingRow.name))


async def page(
    tx: Transaction, parent: str, occupation: str, state: str, size: int, token: str
) -> Page[ListingRow]:
    """Return one page of a body's listings; "" for any occupation or state."""
    statement = select(ListingRow).where(ListingRow.parent == parent)
    if occupation:
        statement = statement.where(ListingRow.occupation == occupation)
    if state:
        statement = statement.where(ListingRow.state == state)
    return await tx.page(statement, ListingRow, size, token)
