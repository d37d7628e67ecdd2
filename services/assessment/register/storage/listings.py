"""Look-ups of catalogue listings."""

from services.assessment.register.storage.rows.listings import ListingRow
from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction
from services.vocabulary.listing import ENDED, Listing


async def of_body(tx: Transaction, body: str, occupation: str) -> list[Listing]:
    """Return the listings that a body has or had for one occupation."""
    wanted = matching(ListingRow, parent=body, occupation=occupation)
    return [row.listing for row in await tx.all(wanted.order_by(ListingRow.name))]


async def live(tx: Transaction, body: str, occupation: str) -> ListingRow | None:
    """Return the listing of that occupation which has not ended, None where there is none."""
    wanted = matching(ListingRow, parent=body, occupation=occupation)
    return await tx.one(wanted.where(ListingRow.state.not_in(ENDED)))
