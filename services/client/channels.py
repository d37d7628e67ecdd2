"""Channels to the services: each is opened when its service is first called, over TLS where somebody is trusted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor

LARGEST_MESSAGE = 64 * 2**20
OPTIONS = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.enable_retries", 0)]


@dataclass(frozen=True)
class Tls:
    """PEM files: whom to trust and, for services that want to know their callers, the caller's own pair."""

    authority: Path
    certificate: Path | None = None
    key: Path | None = None

    def credentials(self) -> grpc.ChannelCredentials:
        """Return what gRPC takes; raises OSError."""
        own = [None if file is None else file.read_bytes() for file in (self.key, self.certificate)]
        return grpc.ssl_channel_credentials(self.authority.read_bytes(), *own)


def blocking(address: str, tls: Tls | None = None) -> grpc.Channel:
    """Open a channel whose calls wait for their answers."""
    if tls is None:
        return grpc.insecure_channel(address, OPTIONS)
    return grpc.secure_channel(address, tls.credentials(), OPTIONS)


def awaited(address: str, tls: Tls | None = None) -> grpc.aio.Channel:
    """Open a channel whose calls are awaited."""
    if tls is None:
        return grpc.aio.insecure_channel(address, OPTIONS)
    return grpc.aio.secure_channel(address, tls.credentials(), OPTIONS)


@dataclass
class Channels:
    """The channels of one client; `address` tells host:port of a service, `open` is `blocking` or `awaited`."""

    address: Callable[[str], str]
    open: Callable[[str, Tls | None], Any]
    tls: Tls | None = None
    opened: dict[str, Any] = field(default_factory=dict)

    def stub(self, service: str, method: MethodDescriptor) -> Any:
        """Return the callable of an RPC, of the shape that its streams ask for; raises what `address` raises."""
        if service not in self.opened:
            self.opened[service] = self.open(self.address(service), self.tls)
        shape = f"{_kind(method.client_streaming)}_{_kind(method.server_streaming)}"
        request, answer = map(message_factory.GetMessageClass, (method.input_type, method.output_type))
        return getattr(self.opened[service], shape)(
            f"/{method.containing_service.full_name}/{method.name}",
            request_serializer=request.SerializeToString,
            response_deserializer=answer.FromString,
        )


def _kind(streaming: bool) -> str:
    return "stream" if streaming else "unary"


async def hang_up(channels: Channels) -> None:
    """Close channels whose calls were awaited."""
    for channel in channels.opened.values():
        await channel.close()
