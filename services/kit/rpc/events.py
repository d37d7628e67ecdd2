"""The operator's RPCs on events, which every service serves beside its own."""

from typing import Any

from shuzheng.events.v1 import event_service_pb2 as messages
from shuzheng.events.v1 import event_service_pb2_grpc as service

from services.kit.clock import Clock
from services.kit.events.connection import Connection
from services.kit.events.parking import Parking
from services.kit.events.relay import lag
from services.kit.rpc.convert import moment_of, timestamp
from services.kit.rpc.server import Servicer
from services.kit.storage.pages import size_of


class EventService(service.EventServiceServicer):
    """Parked events and the outbox of this service."""

    def __init__(self, parking: Parking, connection: Connection, clock: Clock) -> None:
        self.parking = parking
        self.connection = connection
        self.clock = clock

    async def GetEventStatus(self, request: Any, context: Any) -> Any:
        """Tell how far the events are."""
        found = await self.parking.figures()
        return messages.EventStatus(
            waiting=found["waiting"],
            lag_seconds=lag(found["oldest"], self.clock.now()),
            recorded=found["recorded"],
            parked=found["parked"],
            broker_connected=self.connection.up,
        )

    async def ListParkedEvents(self, request: Any, context: Any) -> Any:
        """List what could not be handled."""
        size = size_of(request.page_size)
        rows = await self.parking.page(size + 1, request.page_token)
        more = rows[size - 1].event_id if len(rows) > size else ""
        return messages.ListParkedEventsResponse(
            parked_events=map(_parked, rows[:size]), next_page_token=more
        )

    async def RetryParkedEvent(self, request: Any, context: Any) -> Any:
        """Handle a parked message once more."""
        await self.parking.retry(request.event_id)
        return messages.RetryParkedEventResponse()

    async def DropParkedEvent(self, request: Any, context: Any) -> Any:
        """Give a parked message up."""
        await self.parking.drop(request.event_id)
        return messages.DropParkedEventResponse()

    async def RepublishEvents(self, request: Any, context: Any) -> Any:
        """Publish facts again."""
        since = moment_of(request.since, "since") if request.HasField("since") else None
        return messages.RepublishEventsResponse(events=await self.parking.republish(since))


def _parked(row: Any) -> messages.ParkedEvent:
    return messages.ParkedEvent(
        consumer=row.consumer,
        event_id=row.event_id,
        type=row.type,
        deliveries=row.deliveries,
        reason=row.reason,
        parked_at=timestamp(row.parked_at),
    )


def events(parking: Parking, connection: Connection, clock: Clock) -> Servicer:
    """Return the servicer to register."""
    descriptor = messages.DESCRIPTOR.services_by_name["EventService"]
    return Servicer(
        descriptor,
        service.add_EventServiceServicer_to_server,
        EventService(parking, connection, clock),
    )
