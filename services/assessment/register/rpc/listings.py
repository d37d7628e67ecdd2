"""ListingService: catalogue listings of bodies (目录)."""

from typing import Any

from shuzheng.assessment.v1 import listing_service_pb2 as messages
from shuzheng.assessment.v1 import listing_service_pb2_grpc as services
from shuzheng.assessment.v1.listing_pb2 import Listing
from shuzheng.type.v1.listing_pb2 import ListingState as StateNumber

from services.assessment.register.storage.rows.listings import ListingRow
from services.assessment.register.usecases.listings import Listings
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, day_of, head
from services.kit.rpc.moves import Moves
from services.vocabulary.listing import ListingAction
from services.vocabulary.messages import listing_change


def message(row: ListingRow) -> Listing:
    """Return the message of a listing."""
    return Listing(
        **head(row),
        state=enums.number(StateNumber, row.state),
        occupation=row.occupation,
        batch=row.batch,
        valid_from=date_message(row.valid_from),
        valid_to=date_message(row.valid_to),
        history=map(listing_change, row.changes),
    )


MOVES = Moves(Listings, message)


class ListingService(services.ListingServiceServicer):
    """Answers the authority, which decides, and the bodies, which apply."""

    def __init__(self, listings: Listings) -> None:
        self.listings = self.lifecycle = listings

    async def CreateListing(self, request: messages.CreateListingRequest, context: Any) -> Listing:
        """Open a file."""
        row = await self.listings.create(request.parent, request.listing_id, request.listing.occupation)
        return message(row)

    async def GetListing(self, request: messages.GetListingRequest, context: Any) -> Listing:
        """Read one."""
        return message(await self.listings.get(request.name))

    async def ListListings(
        self, request: messages.ListListingsRequest, context: Any
    ) -> messages.ListListingsResponse:
        """List those of a body."""
        page = await self.listings.page(
            request.page_size,
            request.page_token,
            parent=request.parent,
            occupation=request.occupation,
            state=enums.word(StateNumber, request.state),
        )
        return messages.ListListingsResponse(
            listings=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def ConfirmListing(self, request: messages.ConfirmListingRequest, context: Any) -> Listing:
        """Enter it in the catalogue."""
        row = await self.listings.confirm(
            request.name,
            request.etag,
            batch=request.batch,
            valid_from=day_of(request, "valid_from"),
            valid_to=day_of(request, "valid_to"),
        )
        return message(row)

    RecommendListing = MOVES.step(ListingAction.RECOMMEND)
    ReviewListing = MOVES.step(ListingAction.REVIEW)
    ReturnListing = MOVES.decision(ListingAction.RETURN)
    RectifyListing = MOVES.decision(ListingAction.RECTIFY)
    RestoreListing = MOVES.step(ListingAction.RESTORE)
    RemoveListing = MOVES.decision(ListingAction.REMOVE)
    ExpireListing = MOVES.step(ListingAction.EXPIRE)
