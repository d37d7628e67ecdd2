"""ListingService: catalogue listings of institutions (目录)."""

from typing import Any

from shuzheng.training.v1 import listing_service_pb2 as messages
from shuzheng.training.v1 import listing_service_pb2_grpc as services
from shuzheng.training.v1.listing_pb2 import Listing
from shuzheng.training.v1.listing_pb2 import ListingRole as RoleNumber
from shuzheng.type.v1.listing_pb2 import ListingState as StateNumber

from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, date_of, day_of, head
from services.kit.rpc.moves import Moves
from services.training.register.domain.listing import ListingRole
from services.training.register.storage.rows.listings import ListingRow
from services.training.register.usecases.listings import Listings
from services.vocabulary.listing import ListingAction
from services.vocabulary.messages import listing_change


def message(row: ListingRow) -> Listing:
    """Return the message of a listing."""
    return Listing(
        **head(row),
        occupation=row.occupation,
        role=enums.number(RoleNumber, row.role),
        state=enums.number(StateNumber, row.state),
        batch=row.batch,
        valid_from=date_message(row.valid_from),
        valid_to=date_message(row.valid_to),
        history=map(listing_change, row.changes),
    )


MOVES = Moves(Listings, message)


class ListingService(services.ListingServiceServicer):
    """Answers the authority, which decides, and the institutions, which apply."""

    def __init__(self, listings: Listings) -> None:
        self.listings = self.lifecycle = listings

    async def CreateListing(self, request: messages.CreateListingRequest, context: Any) -> Listing:
        """Start an application."""
        asked = request.listing
        role = ListingRole(enums.word(RoleNumber, asked.role))
        row = await self.listings.create(
            request.parent, request.listing_id, occupation=asked.occupation, role=role
        )
        return message(row)

    async def GetListing(self, request: messages.GetListingRequest, context: Any) -> Listing:
        """Read one."""
        return message(await self.listings.get(request.name))

    async def ListListings(
        self, request: messages.ListListingsRequest, context: Any
    ) -> messages.ListListingsResponse:
        """List those of an institution."""
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
            valid_to=date_of(request, "valid_to"),
        )
        return message(row)

    RecommendListing = MOVES.step(ListingAction.RECOMMEND)
    ReviewListing = MOVES.step(ListingAction.REVIEW)
    ReturnListing = MOVES.decision(ListingAction.RETURN)
    RectifyListing = MOVES.decision(ListingAction.RECTIFY)
    RestoreListing = MOVES.step(ListingAction.RESTORE)
    RemoveListing = MOVES.decision(ListingAction.REMOVE)
    ExpireListing = MOVES.step(ListingAction.EXPIRE)
