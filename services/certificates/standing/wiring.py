"""The standing of certificates put together: holds, and the status lists that tell of it."""

from pathlib import Path

from shuzheng.certificates.v1.hold_service_pb2_grpc import add_HoldServiceServicer_to_server
from shuzheng.certificates.v1.status_service_pb2_grpc import add_StatusServiceServicer_to_server

from services.certificates.log.ledger.journal import Journal
from services.certificates.standing.rpc.holds import HoldService
from services.certificates.standing.rpc.statuses import StatusService
from services.certificates.standing.usecases.holds import Holds
from services.certificates.standing.usecases.statuses import Authority, Statuses
from services.kit.area import Area, served
from services.kit.storage.store import Store


def standing(store: Store, authority: Authority, journal: Journal, folder: Path, interval: float) -> Area:
    """Return the area; lists are published to `folder` at every change, and looked at every `interval` seconds."""
    statuses = Statuses(store, authority, journal, folder, interval)
    journal.on_change.append(statuses.nudge)
    return Area(
        (
            served(add_HoldServiceServicer_to_server, HoldService(Holds(store, journal))),
            served(add_StatusServiceServicer_to_server, StatusService(statuses)),
        ),
        background=(statuses.run,),
    )
