"""ListingService."""

from datetime import date
from typing import Any

from shuzheng.training.v1 import listing_pb2, listing_service_pb2, listing_service_pb2_grpc

from services.kit.rpc.convert import date_message, date_of, timestamp
from services.training import enums
from services.training.register.storage.rows.listings import ListingRow
from services.training.register.usecases.listings import Listings

STATE = listing_pb2.ListingState, "LISTING_STATE_"
ROLE = listing_pb2.ListingRole, "LISTING_ROLE_"


def message(row: ListingRow) -> listing_pb2.Listing:
    """Return the message of a listing."""
    return listing_pb2.Listing(
        name=row.name,
        occupation=row.occupation,
        role=enums.value(*ROLE, row.role),
        state=enums.value(*STATE, row.state),
        batch=row.batch,
        valid_from=date_message(row.valid_from),
        valid_to=date_message(row.valid_to),
        history=[_change(*entry) for entry in row.history],
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _change(state: str, since: str, reason: str) -> listing_pb2.ListingChange:
    day = date_message(date.fromisoformat(since))
    return listing_pb2.ListingChange(state=enums.value(*STATE, state), since=day, reason=reason)


class ListingService(listing_service_pb2_grpc.ListingServiceServicer):
    """Listings."""

    def __init__(self, listings: Listings) -> None:
        self.listings = listings

    async def CreateListing(self, request: Any, context: Any) -> Any:
        """Start an application."""
        asked = request.listing
        return message(
            await self.listings.create(
                request.parent,
                request.listing_id,
                occupation=asked.occupation,
                role=enums.word(*ROLE, asked.role),
            )
        )

    async def GetListing(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.listings.get(request.name))

    async def ListListings(self, request: Any, context: Any) -> Any:
        """List those of an institution."""
        page = await self.listings.page(
            request.parent,
            request.occupation,
            enums.word(*STATE, request.state),
            request.page_size,
            request.page_token,
        )
        return listing_service_pb2.ListListingsResponse(
            listings=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def RecommendListing(self, request: Any, context: Any) -> Any:
        """Recommend a draft."""
        return message(await self.listings.recommend(request.name, request.etag))

    async def ReviewListing(self, request: Any, context: Any) -> Any:
        """Hand it to the experts."""
        return message(await self.listings.review(request.name, request.etag))

    async def ConfirmListing(self, request: Any, context: Any) -> Any:
        """Enter it in the catalogue."""
        first, last = date_of(request, "valid_from"), date_of(request, "valid_to")
        return message(
            await self.listings.confirm(
                request.name, request.etag, batch=request.batch, valid_from=first, valid_to=last
            )
        )

    async def RectifyListing(self, request: Any, context: Any) -> Any:
        """Suspend it."""
        return message(await self.listings.rectify(request.name, request.etag, request.reason))

    async def ReinstateListing(self, request: Any, context: Any) -> Any:
        """Restore it."""
        return message(await self.listings.reinstate(request.name, request.etag))

    async def RemoveListing(self, request: Any, context: Any) -> Any:
        """Remove it."""
        return message(await self.listings.remove(request.name, request.etag, request.reason))

    async def ExpireListing(self, request: Any, context: Any) -> Any:
        """Mark it as expired."""
        return message(await self.listings.expire(request.name, request.etag))
