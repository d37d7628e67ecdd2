"""Completion put together."""

from shuzheng.training.v1.completion_service_pb2_grpc import add_CompletionServiceServicer_to_server

from services.kit.area import Area, served
from services.kit.storage.store import Store
from services.training.completion.rpc.completions import CompletionService
from services.training.completion.usecases.completions import Completions
from services.training.policy import Policy


def completion(store: Store, policy: Policy) -> Area:
    """Return the area."""
    servicer = CompletionService(Completions(store, policy))
    return Area((served(add_CompletionServiceServicer_to_server, servicer),))
