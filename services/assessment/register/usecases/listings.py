"""Catalogue listings of bodies (目录), from draft to removal."""

from datetime import date

from services.assessment.names import LISTING
from services.assessment.reasons import Reason
from services.assessment.register.storage import bodies, listings
from services.assessment.register.storage.rows.listings import ListingRow
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import line, optional_line
from services.vocabulary.calendar import check_order
from services.vocabulary.listing import BATCH, TRANSITIONS, ListingAction, ListingState, check_over
from services.vocabulary.qualification import check_occupation


class Listings(Lifecycle[ListingRow, ListingAction]):
    """Commands and questions about listings."""

    row, pattern, transitions = ListingRow, LISTING, TRANSITIONS

    @command
    async def create(self, tx: Transaction, parent: str, identifier: str, occupation: str) -> ListingRow:
        """Open the file of a body for one occupation; one live listing for each."""
        name = LISTING.child(parent, identifier or new_id())
        check_occupation(occupation, "listing.occupation")
        await bodies.active_body(tx, parent)
        if rival := await listings.live(tx, parent, occupation):
            message = f"{rival.name} is the listing of {parent} for {occupation}, in state {rival.state}."
            raise precondition(Reason.LISTING_OVERLAPS, message, name=rival.name)
        row = ListingRow(name=name, parent=parent, occupation=occupation, state=ListingState.DRAFT)
        row.note(local_day(tx.now), "")
        return await tx.insert(row)

    @command
    async def confirm(
        self, tx: Transaction, name: str, etag: str, *, batch: str, valid_from: date, valid_to: date
    ) -> ListingRow:
        """Take the body into the catalogue for the occupation, with batch and validity; raises INVALID_PERIOD."""
        row = await tx.lock(ListingRow, name, etag)
        check_order(valid_from, valid_to, "valid_to")
        self.advance(row, ListingAction.CONFIRM)
        row.batch, row.valid_from, row.valid_to = line(batch, BATCH, "batch"), valid_from, valid_to
        row.note(local_day(tx.now), "")
        return await tx.save(row)

    async def moved(self, tx: Transaction, row: ListingRow, action: ListingAction, reason: str) -> None:
        """Note the step; raises LISTING_STILL_VALID where a listing is to expire too early."""
        if action is ListingAction.EXPIRE:
            check_over(row.valid_to, local_day(tx.now))
        row.note(local_day(tx.now), optional_line(reason, 500, "reason"))
