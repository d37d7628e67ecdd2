"""The register put together: bodies, their listings, sites and examiners."""

from shuzheng.assessment.v1.body_service_pb2_grpc import add_BodyServiceServicer_to_server
from shuzheng.assessment.v1.examiner_service_pb2_grpc import add_ExaminerServiceServicer_to_server
from shuzheng.assessment.v1.listing_service_pb2_grpc import add_ListingServiceServicer_to_server
from shuzheng.assessment.v1.site_service_pb2_grpc import add_SiteServiceServicer_to_server

from services.assessment.register.rpc.bodies import BodyService
from services.assessment.register.rpc.examiners import ExaminerService
from services.assessment.register.rpc.listings import ListingService
from services.assessment.register.rpc.sites import SiteService
from services.assessment.register.usecases.bodies import Bodies
from services.assessment.register.usecases.examiners import Examiners
from services.assessment.register.usecases.listings import Listings
from services.assessment.register.usecases.sites import Sites
from services.kit.area import Area, served
from services.kit.storage.store import Store


def register(store: Store) -> Area:
    """Return the area."""
    return Area(
        (
            served(add_BodyServiceServicer_to_server, BodyService(Bodies(store))),
            served(add_ListingServiceServicer_to_server, ListingService(Listings(store))),
            served(add_SiteServiceServicer_to_server, SiteService(Sites(store))),
            served(add_ExaminerServiceServicer_to_server, ExaminerService(Examiners(store))),
        )
    )
