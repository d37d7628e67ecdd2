"""Listings: the way of an institution into the catalogue and out of it."""

from datetime import date

from services.kit.clock import local_day
from services.kit.errors import already_exists
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.training import period, policy
from services.training.names import INSTITUTION, LISTING
from services.training.policy import Policy
from services.training.reasons import Reason
from services.training.register.domain import listing
from services.training.register.domain.listing import TRANSITIONS, ListingAction, ListingState
from services.training.register.storage import listings
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.register.storage.rows.listings import ListingRow
from services.training.teaching.domain import program
from services.training.teaching.domain.program import Qualification
from services.training.wording import line
from services.vocabulary.level import Level

SHORTEST_TERM = 12  # months, where no policy is in force


class Listings:
    """Commands and questions about listings."""

    def __init__(self, store: Store, rules: Policy) -> None:
        self.store = store
        self.rules = rules

    @command
    async def create(
        self, tx: Transaction, parent: str, identifier: str, *, occupation: str, role: str
    ) -> ListingRow:
        """Start an application; raises UNKNOWN_QUALIFICATION, LISTING_EXISTS."""
        name = LISTING.child(parent, identifier or new_id())
        program.check(Qualification(occupation, "", Level.JUNIOR), "listing.occupation")
        await tx.lock(InstitutionRow, parent)
        key = f"{parent}|{occupation}|{role}"
        if (open_one := await listings.with_open_key(tx, key)) is not None and open_one.name != name:
            message = f"{open_one.name} is {open_one.state} for this occupation and role."
            raise already_exists(open_one.name, Reason.LISTING_EXISTS, message)
        row = ListingRow(
            name=name, parent=parent, occupation=occupation, role=role, state=ListingState.DRAFT, open_key=key
        )
        _remember(row, local_day(tx.now), "")
        return await tx.insert(row)

    async def get(self, name: str) -> ListingRow:
        """Return one listing."""
        LISTING.parse(name)
        async with self.store.read() as tx:
            return await tx.get(ListingRow, name)

    async def page(self, parent: str, occupation: str, state: str, size: int, token: str) -> Page[ListingRow]:
        """Return a page of an institution's listings."""
        INSTITUTION.parse(parent, "parent")
        async with self.store.read() as tx:
            statement = listings.of_institution(parent, occupation, state)
            return await tx.page(statement, ListingRow, size, token)

    @command
    async def recommend(self, tx: Transaction, name: str, etag: str) -> ListingRow:
        """Recommend a draft."""
        return await self._advance(tx, name, etag, ListingAction.RECOMMEND)

    @command
    async def review(self, tx: Transaction, name: str, etag: str) -> ListingRow:
        """Hand a recommended listing to the experts."""
        return await self._advance(tx, name, etag, ListingAction.REVIEW)

    @command
    async def confirm(
        self, tx: Transaction, name: str, etag: str, *, batch: str, valid_from: date, valid_to: date | None
    ) -> ListingRow:
        """Enter a reviewed listing in the catalogue from `valid_from` on; raises INVALID_PERIOD."""
        last = valid_to or period.last_day_of_term(valid_from, self._months(valid_from))
        period.check_order(valid_from, last, "valid_to")
        row = await self._advance(tx, name, etag, ListingAction.CONFIRM, since=valid_from)
        row.batch, row.valid_from, row.valid_to = line(batch, 40, "batch"), valid_from, last
        return await tx.save(row)

    @command
    async def rectify(self, tx: Transaction, name: str, etag: str, reason: str) -> ListingRow:
        """Suspend a listing from today."""
        return await self._advance(tx, name, etag, ListingAction.RECTIFY, line(reason, 500, "reason"))

    @command
    async def reinstate(self, tx: Transaction, name: str, etag: str) -> ListingRow:
        """Restore a suspended listing from today."""
        return await self._advance(tx, name, etag, ListingAction.REINSTATE)

    @command
    async def remove(self, tx: Transaction, name: str, etag: str, reason: str) -> ListingRow:
        """Remove a listing from today."""
        return await self._advance(tx, name, etag, ListingAction.REMOVE, line(reason, 500, "reason"))

    @command
    async def expire(self, tx: Transaction, name: str, etag: str) -> ListingRow:
        """Mark a listing whose last day is over; raises LISTING_STILL_VALID."""
        row = await self._advance(tx, name, etag, ListingAction.EXPIRE)
        listing.check_over(row.valid_to, local_day(tx.now))
        return row

    async def _advance(
        self,
        tx: Transaction,
        name: str,
        etag: str,
        action: ListingAction,
        reason: str = "",
        since: date | None = None,
    ) -> ListingRow:
        LISTING.parse(name)
        row = await tx.lock(ListingRow, name, etag)
        row.state = advance(TRANSITIONS, ListingState(row.state), action, name)
        if row.state in listing.FINAL:
            row.open_key = None
        _remember(row, since or local_day(tx.now), reason)
        return await tx.save(row)

    def _months(self, day: date) -> int:
        term = policy.in_force(self.rules.listing_months, day)
        return term.value if term is not None else SHORTEST_TERM


def _remember(row: ListingRow, since: date, reason: str) -> None:
    row.history = [*row.history, [row.state, since.isoformat(), reason]]
