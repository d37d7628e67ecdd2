"""Listings: the way of an institution into the catalogue and out of it."""

from datetime import date

from services.kit.clock import local_day
from services.kit.errors import already_exists
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import line, optional_line
from services.training.names import LISTING
from services.training.policy import Policy
from services.training.reasons import Reason
from services.training.register.domain.listing import ListingRole
from services.training.register.storage import listings
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.register.storage.rows.listings import ListingRow
from services.vocabulary import calendar
from services.vocabulary.listing import BATCH, ENDED, TRANSITIONS, ListingAction, ListingState, check_over
from services.vocabulary.policy import in_force
from services.vocabulary.qualification import check_occupation


class Listings(Lifecycle[ListingRow, ListingAction]):
    """Commands and questions about listings."""

    row, pattern, transitions = ListingRow, LISTING, TRANSITIONS

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def create(
        self, tx: Transaction, parent: str, identifier: str, *, occupation: str, role: ListingRole
    ) -> ListingRow:
        """Start an application; raises UNKNOWN_QUALIFICATION, LISTING_EXISTS."""
        name = LISTING.child(parent, identifier or new_id())
        check_occupation(occupation, "listing.occupation")
        await tx.lock(InstitutionRow, parent)
        key = f"{parent}|{occupation}|{role}"
        if (open_one := await listings.with_open_key(tx, key)) is not None and open_one.name != name:
            message = f"{open_one.name} is {open_one.state} for this occupation and role."
            raise already_exists(open_one.name, Reason.LISTING_EXISTS, message)
        row = ListingRow(
            name=name, parent=parent, occupation=occupation, role=role, state=ListingState.DRAFT, open_key=key
        )
        row.note(local_day(tx.now), "")
        return await tx.insert(row)

    @command
    async def confirm(
        self, tx: Transaction, name: str, etag: str, *, batch: str, valid_from: date, valid_to: date | None
    ) -> ListingRow:
        """Enter a reviewed listing in the catalogue from `valid_from` on; raises INVALID_PERIOD."""
        row = await tx.lock(ListingRow, name, etag)
        last = valid_to or calendar.last_day_of_term(valid_from, self._months(valid_from))
        calendar.check_order(valid_from, last, "valid_to")
        self.advance(row, ListingAction.CONFIRM)
        row.batch, row.valid_from, row.valid_to = line(batch, BATCH, "batch"), valid_from, last
        row.note(local_day(tx.now), "")
        return await tx.save(row)

    def _months(self, day: date) -> int:
        return in_force(self.policy.listing_months, day, "the term of a listing").value

    async def moved(self, tx: Transaction, row: ListingRow, action: ListingAction, reason: str) -> None:
        """Note the step; raises LISTING_STILL_VALID where a listing is to expire too early."""
        if action is ListingAction.EXPIRE:
            check_over(row.valid_to, local_day(tx.now))
        if row.state in ENDED:
            row.open_key = None
        row.note(local_day(tx.now), optional_line(reason, 500, "reason"))
