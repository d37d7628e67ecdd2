"""An area of a service, as its wiring hands it over: what it serves, listens to, keeps doing, and has workers do."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.descriptor import ServiceDescriptor

from services.kit.events.consumer import Consumed
from services.kit.rpc.server import Servicer
from services.kit.work.job import Job

Background = Callable[[], Awaitable[None]]
Answers = TypeVar("Answers")


@dataclass(frozen=True, slots=True)
class Area:
    """The parts of one area."""

    servicers: Sequence[Servicer] = ()
    consumed: Sequence[Consumed] = ()
    background: Sequence[Background] = ()
    jobs: Sequence[Job] = ()


def served(add: Callable[[Answers, Any], None], servicer: Answers) -> Servicer:
    """Return a gRPC service by its generated `add_…Servicer_to_server`; mypy refuses the servicer of another."""
    return Servicer(_descriptor(add), add, servicer)


def _descriptor(add: Callable[..., None]) -> ServiceDescriptor:
    """Return the descriptor beside a generated function: add_SiteServiceServicer_to_server → SiteService."""
    messages = sys.modules[add.__module__.removesuffix("_grpc")]
    name = add.__name__.removeprefix("add_").removesuffix("Servicer_to_server")
    found: ServiceDescriptor = messages.DESCRIPTOR.services_by_name[name]
    return found
