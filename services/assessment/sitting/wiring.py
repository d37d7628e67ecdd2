"""The sitting put together: attempts, and the clock that submits them."""

from shuzheng.assessment.v1.attempt_service_pb2_grpc import add_AttemptServiceServicer_to_server

from services.assessment.sitting.rpc.attempts import AttemptService
from services.assessment.sitting.usecases.attempts import Arrival, Attempts
from services.kit.area import Area, served
from services.kit.storage.hot import HotPath
from services.kit.storage.store import Store


def sitting(store: Store, hot: HotPath, arrived: Arrival) -> Area:
    """Return the area; `arrived` is told of every candidate who is checked in."""
    attempts = Attempts(store, hot, arrived)
    servicer = AttemptService(attempts, store.clock)
    return Area(
        (served(add_AttemptServiceServicer_to_server, servicer),), background=(attempts.keep_sweeping,)
    )
