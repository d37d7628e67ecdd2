"""ListingService: catalogue listings of bodies (目录)."""

from datetime import date
from typing import Any

from shuzheng.assessment.v1 import listing_service_pb2 as messages
from shuzheng.assessment.v1 import listing_service_pb2_grpc
from shuzheng.assessment.v1.listing_pb2 import Listing, ListingState

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BODY, LISTING
from services.assessment.register.domain.listing import ListingAction
from services.assessment.register.storage.rows.listings import ListingRow
from services.assessment.register.usecases.listings import Listings
from services.assessment.resource_head import head
from services.kit.rpc.convert import date_message, date_of


class ListingService(listing_service_pb2_grpc.ListingServiceServicer):
    """Answers the authority, which decides, and the bodies, which apply."""

    def __init__(self, listings: Listings) -> None:
        self.listings = listings

    async def CreateListing(self, request: messages.CreateListingRequest, context: Any) -> Listing:
        """Open a file."""
        BODY.parse(request.parent, "parent")
        row = await self.listings.create(request.parent, request.listing_id, request.listing.occupation)
        return listing_message(row)

    async def GetListing(self, request: messages.GetListingRequest, context: Any) -> Listing:
        """Read a listing."""
        LISTING.parse(request.name)
        return listing_message(await self.listings.get(request.name))

    async def ListListings(
        self, request: messages.ListListingsRequest, context: Any
    ) -> messages.ListListingsResponse:
        """List a body's listings."""
        BODY.parse(request.parent, "parent")
        state = from_enum(ListingState, request.state)
        page = await self.listings.page(
            request.parent, request.occupation, state, request.page_size, request.page_token
        )
        return messages.ListListingsResponse(
            listings=map(listing_message, page.rows), next_page_token=page.next_page_token
        )

    async def RecommendListing(self, request: messages.RecommendListingRequest, context: Any) -> Listing:
        """DRAFT → RECOMMENDED."""
        return await self._move(request, ListingAction.RECOMMEND)

    async def ReviewListing(self, request: messages.ReviewListingRequest, context: Any) -> Listing:
        """RECOMMENDED → EXPERT_REVIEW."""
        return await self._move(request, ListingAction.REVIEW)

    async def ReturnListing(self, request: messages.ReturnListingRequest, context: Any) -> Listing:
        """Back to DRAFT."""
        return await self._move(request, ListingAction.RETURN, request.remark)

    async def ConfirmListing(self, request: messages.ConfirmListingRequest, context: Any) -> Listing:
        """EXPERT_REVIEW → CONFIRMED."""
        LISTING.parse(request.name)
        row = await self.listings.confirm(
            request.name, request.etag, request.batch, _day(request, "valid_from"), _day(request, "valid_to")
        )
        return listing_message(row)

    async def RectifyListing(self, request: messages.RectifyListingRequest, context: Any) -> Listing:
        """CONFIRMED → RECTIFYING."""
        return await self._move(request, ListingAction.RECTIFY, request.remark)

    async def RestoreListing(self, request: messages.RestoreListingRequest, context: Any) -> Listing:
        """RECTIFYING → CONFIRMED."""
        return await self._move(request, ListingAction.RESTORE)

    async def RemoveListing(self, request: messages.RemoveListingRequest, context: Any) -> Listing:
        """Out of the catalogue."""
        return await self._move(request, ListingAction.REMOVE, request.remark)

    async def ExpireListing(self, request: messages.ExpireListingRequest, context: Any) -> Listing:
        """Close a listing whose validity is over."""
        LISTING.parse(request.name)
        return listing_message(await self.listings.expire(request.name, request.etag))

    async def _move(self, request: Any, action: ListingAction, remark: str = "") -> Listing:
        LISTING.parse(request.name)
        return listing_message(await self.listings.move(request.name, request.etag, action, remark))


def _day(request: messages.ConfirmListingRequest, field: str) -> date:
    day = date_of(request, field)
    assert day is not None  # required by the proto
    return day


def listing_message(row: ListingRow) -> Listing:
    """Return a listing as it travels."""
    return Listing(
        **head(row),
        state=to_enum(ListingState, row.state),
        occupation=row.occupation,
        batch=row.batch,
        valid_from=date_message(row.valid_from),
        valid_to=date_message(row.valid_to),
        remark=row.remark,
    )
