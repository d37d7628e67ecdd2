"""Look-ups of catalogue listings."""

from sqlalchemy import select

from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction
from services.training.register.domain.listing import ListingRole
from services.training.register.storage.rows.listings import ListingRow
from services.vocabulary.listing import Listing


async def of_institution(tx: Transaction, institution: str, occupation: str) -> list[Listing]:
    """Return the training listings that an institution has or had for one occupation."""
    wanted = matching(ListingRow, parent=institution, occupation=occupation, role=ListingRole.TRAINING)
    return [row.listing for row in await tx.all(wanted.order_by(ListingRow.name))]


async def with_open_key(tx: Transaction, key: str) -> ListingRow | None:
    """Return the listing of an institution, occupation and role that is neither removed nor expired."""
    return await tx.one(select(ListingRow).where(ListingRow.open_key == key))
