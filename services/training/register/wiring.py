"""The register put together: institutions and their listings."""

from shuzheng.training.v1.institution_service_pb2_grpc import add_InstitutionServiceServicer_to_server
from shuzheng.training.v1.listing_service_pb2_grpc import add_ListingServiceServicer_to_server

from services.kit.area import Area, served
from services.kit.storage.store import Store
from services.training.policy import Policy
from services.training.register.rpc.institutions import InstitutionService
from services.training.register.rpc.listings import ListingService
from services.training.register.usecases.institutions import Institutions
from services.training.register.usecases.listings import Listings


def register(store: Store, policy: Policy) -> Area:
    """Return the area."""
    return Area(
        (
            served(add_InstitutionServiceServicer_to_server, InstitutionService(Institutions(store))),
            served(add_ListingServiceServicer_to_server, ListingService(Listings(store, policy))),
        )
    )
