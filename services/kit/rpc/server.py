"""The gRPC server of a service: every method behind the chain, with health and reflection."""

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from services.kit.rpc.chain import Chain, Plan, plan_of
from services.kit.rpc.names import kinds

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@dataclass(frozen=True, slots=True)
class Servicer:
    """One gRPC service: its descriptor, the generated `add_…_to_server`, and the object that answers."""

    descriptor: ServiceDescriptor
    add: Callable[[Any, Any], None]
    instance: Any


@dataclass(frozen=True, slots=True)
class Listener:
    """Where to serve; TLS where a certificate is given, mTLS where a client authority is given too."""

    address: str
    largest_message: int
    reuse_port: bool = False
    cert_file: Path | None = None
    key_file: Path | None = None
    client_ca_file: Path | None = None


class Server:
    """Serves `servicers` behind `chain`; `port` is known after `start`."""

    def __init__(self, servicers: Sequence[Servicer], chain: Chain, listener: Listener) -> None:
        self.listener = listener
        self.plans = _plans([servicer.descriptor for servicer in servicers])
        self.server = grpc.aio.server(options=_options(listener))
        for servicer in servicers:
            servicer.add(servicer.instance, _Wrapping(self.server, chain, self.plans))
        self.names = [servicer.descriptor.full_name for servicer in servicers]
        self.health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        reflection.enable_server_reflection(
            [
                *self.names,
                health_pb2.DESCRIPTOR.services_by_name["Health"].full_name,
                reflection.SERVICE_NAME,
            ],
            self.server,
        )
        self.port = 0

    async def start(self) -> None:
        """Bind and serve; raises OSError where the address cannot be had."""
        try:
            self.port = self._bind()
        except RuntimeError as error:  # gRPC says no more than that it could not
            taken = f"{self.listener.address} is taken, or no address of this machine"
            raise OSError(errno.EADDRINUSE, taken) from error
        await self.server.start()
        await self.set_health(SERVING)

    async def set_health(self, status: Any) -> None:
        """Tell health checks whether calls are welcome."""
        for name in ["", *self.names]:
            await self.health.set(name, status)

    async def stop(self, grace: float) -> None:
        """Refuse new calls, let running ones finish within `grace` seconds."""
        await self.health.enter_graceful_shutdown()  # NOT_SERVING for good
        await self.server.stop(grace)

    def _bind(self) -> int:
        listener = self.listener
        if listener.cert_file is None or listener.key_file is None:
            return self.server.add_insecure_port(listener.address)
        authority = listener.client_ca_file.read_bytes() if listener.client_ca_file else None
        pair = [(listener.key_file.read_bytes(), listener.cert_file.read_bytes())]
        credentials = grpc.ssl_server_credentials(pair, authority, require_client_auth=authority is not None)
        return self.server.add_secure_port(listener.address, credentials)


def _plans(services: Sequence[ServiceDescriptor]) -> dict[str, Plan]:
    known = kinds(service.file for service in services)
    return {plan.name: plan for s in services for plan in (plan_of(method, known) for method in s.methods)}


def _options(listener: Listener) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", listener.largest_message),
        ("grpc.max_send_message_length", listener.largest_message),
        ("grpc.so_reuseport", int(listener.reuse_port)),
    ]


class _Wrapping:
    """Stands where generated code expects a server, and puts each handler behind the chain."""

    def __init__(self, server: Any, chain: Chain, plans: dict[str, Plan]) -> None:
        self.server = server
        self.chain = chain
        self.plans = plans

    def add_generic_rpc_handlers(self, handlers: Iterable[Any]) -> None:
        """Leave out: the registered handlers below serve every method."""

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        """Register the handlers of one service, each behind the chain."""
        wrapped = {
            name: self.chain.wrap(handler, self.plans[f"/{service}/{name}"])
            for name, handler in handlers.items()
        }
        self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, wrapped),))
