"""Catalogue listings of bodies (目录), from draft to removal."""

from datetime import date

from services.assessment.names import LISTING
from services.assessment.occupation import check_occupation
from services.assessment.reasons import Reason
from services.assessment.register.domain.listing import (
    TRANSITIONS,
    ListingAction,
    ListingState,
    check_expired,
    check_period,
)
from services.assessment.register.storage import bodies, listings
from services.assessment.register.storage.rows.listings import ListingRow
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance


class Listings:
    """Commands and look-ups of listings."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def create(self, tx: Transaction, parent: str, identifier: str, occupation: str) -> ListingRow:
        """Open the file of a body for one occupation; one live listing for each."""
        await bodies.active_body(tx, parent)
        check_occupation(occupation, "listing.occupation")
        if rival := await listings.live(tx, parent, occupation):
            message = f"{rival.name} is the listing of {parent} for {occupation}, in state {rival.state}."
            raise precondition(Reason.LISTING_OVERLAPS, message, name=rival.name)
        row = ListingRow(
            name=LISTING.child(parent, identifier or new_id()),
            parent=parent,
            occupation=occupation,
            state=ListingState.DRAFT,
            history=[[ListingState.DRAFT, local_day(tx.now).isoformat()]],
        )
        return await tx.insert(row)

    @command
    async def move(
        self, tx: Transaction, name: str, etag: str, action: ListingAction, remark: str = ""
    ) -> ListingRow:
        """Take a step of the lifecycle that needs nothing but a remark."""
        row = await tx.lock(ListingRow, name, etag)
        self._advance(tx, row, action)
        row.remark = remark
        return await tx.save(row)

    @command
    async def confirm(
        self, tx: Transaction, name: str, etag: str, batch: str, valid_from: date, valid_to: date
    ) -> ListingRow:
        """Take the body into the catalogue for the occupation, with batch and validity."""
        row = await tx.lock(ListingRow, name, etag)
        check_period(valid_from, valid_to, "valid_to")
        self._advance(tx, row, ListingAction.CONFIRM)
        row.batch, row.valid_from, row.valid_to, row.remark = batch, valid_from, valid_to, ""
        return await tx.save(row)

    @command
    async def expire(self, tx: Transaction, name: str, etag: str) -> ListingRow:
        """Close a listing whose validity is over."""
        row = await tx.lock(ListingRow, name, etag)
        self._advance(tx, row, ListingAction.EXPIRE)
        check_expired(row.valid_to, local_day(tx.now))
        return await tx.save(row)

    def _advance(self, tx: Transaction, row: ListingRow, action: ListingAction) -> None:
        row.state = advance(TRANSITIONS, row.state, action, row.name)
        row.history = [*row.history, [row.state, local_day(tx.now).isoformat()]]

    async def get(self, name: str) -> ListingRow:
        """Return a listing; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(ListingRow, name)

    async def page(self, parent: str, occupation: str, state: str, size: int, token: str) -> Page[ListingRow]:
        """Return one page of a body's listings."""
        async with self.store.read() as tx:
            return await listings.page(tx, parent, occupation, state, size, token)
