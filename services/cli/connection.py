"""Where the services answer, who calls, and the call itself."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from services.kit.errors import invalid, unauthenticated, unavailable

ENDPOINTS_FILE = "endpoints.json"
TOKEN_FILE = "token.json"
LARGEST_MESSAGE = 64 * 2**20
PATIENCE = 60.0  # seconds for a call that is no stream
STREAM_PATIENCE = 3600.0


@dataclass
class Session:
    """What the options before the noun say, and the channels that are open."""

    data_dir: Path = Path("var")
    lang: str = "zh"
    json: bool = False
    endpoints: str = ""
    token: str = ""
    channels: dict[str, grpc.Channel] = field(default_factory=dict)

    def call(self, service: str, method: MethodDescriptor, request: Message) -> Any:
        """Call an RPC with one request; returns the answer, or an iterator of answers. Raises grpc.RpcError."""
        if method.server_streaming:
            return self._callable(service, method)(
                request, metadata=self._metadata(), timeout=STREAM_PATIENCE
            )
        return self._callable(service, method)(request, metadata=self._metadata(), timeout=PATIENCE)

    def converse(self, service: str, method: MethodDescriptor, requests: Iterable[Message]) -> Iterator[Any]:
        """Call an RPC that takes a stream; yields the answers. Raises grpc.RpcError."""
        answers = self._callable(service, method)(
            iter(requests), metadata=self._metadata(), timeout=STREAM_PATIENCE
        )
        yield from answers if method.server_streaming else (answers,)

    def _callable(self, service: str, method: MethodDescriptor) -> Any:
        shape = f"{_kind(method.client_streaming)}_{_kind(method.server_streaming)}"
        request, answer = (
            message_factory.GetMessageClass(t) for t in (method.input_type, method.output_type)
        )
        path = f"/{method.containing_service.full_name}/{method.name}"
        return getattr(self.channel(service), shape)(
            path, request_serializer=request.SerializeToString, response_deserializer=answer.FromString
        )

    def channel(self, service: str) -> grpc.Channel:
        """Return the channel to a service; raises UNAVAILABLE where nobody said where it is."""
        if service not in self.channels:
            options = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.enable_retries", 0)]
            self.channels[service] = grpc.insecure_channel(self.address(service), options)
        return self.channels[service]

    def address(self, service: str) -> str:
        """Return host:port of a service from --endpoint, SHUZHENG_ENDPOINTS or the data folder."""
        given = _endpoints(self.endpoints or os.environ.get("SHUZHENG_ENDPOINTS", ""))
        found = given.get(service) or given.get("") or self._running().get(service)
        if not found:
            raise unavailable(f"No address of {service} is known: start `shuzheng up`, or give --endpoint.")
        return found

    def _running(self) -> dict[str, str]:
        try:
            return json.loads((self.data_dir / ENDPOINTS_FILE).read_text("utf-8"))["services"]
        except (OSError, ValueError, KeyError):
            return {}

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        token = self.token or os.environ.get("SHUZHENG_TOKEN", "") or self.kept_token().get("token", "")
        api_key = os.environ.get("SHUZHENG_API_KEY", "")
        known = (("authorization", f"Bearer {token}"),) if token else ()
        return known + ((("x-api-key", api_key),) if api_key else ())

    def kept_token(self) -> dict[str, str]:
        """Return what `shuzheng login` kept; empty where nobody is logged in."""
        try:
            return json.loads((self.data_dir / TOKEN_FILE).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise unauthenticated("The kept token cannot be read; run `shuzheng login` again.") from None

    def close(self) -> None:
        """Hang up."""
        for channel in self.channels.values():
            channel.close()


def _kind(streaming: bool) -> str:
    return "stream" if streaming else "unary"


def _endpoints(text: str) -> dict[str, str]:
    """Return `training=host:port,assessment=…`, or one address for every service, by service."""
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        service, _, address = entry.rpartition("=")
        if ":" not in address:
            raise invalid("INVALID_ENDPOINT", f"--endpoint takes SERVICE=HOST:PORT, not {entry!r}.")
        found[service] = address
    return found
