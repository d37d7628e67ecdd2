"""The outcome put together: marks and results."""

from shuzheng.assessment.v1.mark_service_pb2_grpc import add_MarkServiceServicer_to_server
from shuzheng.assessment.v1.result_service_pb2_grpc import add_ResultServiceServicer_to_server

from services.assessment.outcome.rpc.marks import MarkService
from services.assessment.outcome.rpc.results import ResultService
from services.assessment.outcome.usecases.markings import Markings
from services.assessment.outcome.usecases.marks import Marks
from services.assessment.outcome.usecases.results import Results
from services.assessment.policy import Policy
from services.kit.area import Area, served
from services.kit.storage.store import Store


def outcome(store: Store, policy: Policy) -> Area:
    """Return the area."""
    marks = MarkService(Marks(store, policy), Markings(store, policy))
    return Area(
        (
            served(add_MarkServiceServicer_to_server, marks),
            served(add_ResultServiceServicer_to_server, ResultService(Results(store, policy))),
        )
    )
