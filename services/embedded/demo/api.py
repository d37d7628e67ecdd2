"""Calls as one person: every call goes over gRPC with that person's own token."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor

from services.cli import catalog
from services.kit.errors import AppError
from services.kit.rpc.identity import Issuer
from services.kit.rpc.status import from_call

ISSUER = "shuzheng-development"
PAGE = 1000
PATIENCE = 30.0  # seconds for one call


class Unexpected(Exception):
    """A step did not give what it had to give."""


class Api:
    """Channels to the services, and callers for them."""

    def __init__(self, addresses: Mapping[str, str], keys: Path) -> None:
        self.channels = {name: grpc.aio.insecure_channel(address) for name, address in addresses.items()}
        self.issuer = Issuer.open(keys, ISSUER)
        self.methods: dict[str, tuple[str, MethodDescriptor]] = {}

    def caller(self, role: str = "", tenant: str = "", subject: str = "") -> "Caller":
        """Return a caller; no role is the public, without a token."""
        token = self.issuer.token(subject or f"{role} {tenant}".strip(), [role], tenant) if role else ""
        return Caller(self, (("authorization", f"Bearer {token}"),) if token else ())

    def method(self, path: str) -> tuple[str, MethodDescriptor]:
        """Return service and method of "CohortService/FileCohort"."""
        if path not in self.methods:
            found = catalog.find(path)
            if found is None:
                raise LookupError(path)
            self.methods[path] = found
        return self.methods[path]

    async def close(self) -> None:
        """Hang up."""
        for channel in self.channels.values():
            await channel.close()


class Caller:
    """One person; `await caller("CohortService/FileCohort", name=…)` returns the answer."""

    def __init__(self, api: Api, metadata: tuple[tuple[str, str], ...]) -> None:
        self.api = api
        self.metadata = metadata

    async def __call__(self, path: str, service: str = "", **fields: Any) -> Any:
        """Call an RPC with one request and one answer; raises AppError."""
        owner, method = self.api.method(path)
        if "request_id" in method.input_type.fields_by_name:
            fields.setdefault("request_id", str(uuid4()))
        request = message_factory.GetMessageClass(method.input_type)(**fields)
        try:
            return await self._callable(owner or service, method)(
                request, metadata=self.metadata, timeout=PATIENCE
            )
        except grpc.aio.AioRpcError as error:
            raise _refusal(path, error) from None

    async def stream(self, path: str, requests: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Call a streaming RPC; returns all answers. Raises AppError."""
        owner, method = self.api.method(path)
        message = message_factory.GetMessageClass(method.input_type)
        sent = [message(**fields) for fields in requests]
        call = self._callable(owner, method)
        given = iter(sent) if method.client_streaming else sent[0]
        try:
            return [answer async for answer in call(given, metadata=self.metadata, timeout=PATIENCE)]
        except grpc.aio.AioRpcError as error:
            raise _refusal(path, error) from None

    async def every(self, path: str, rows: str, **fields: Any) -> list[Any]:
        """Return the rows of all pages of a List RPC."""
        found: list[Any] = []
        token = ""
        while True:
            page = await self(path, page_size=PAGE, page_token=token, **fields)
            found += getattr(page, rows)
            token = page.next_page_token
            if not token:
                return found

    def _callable(self, service: str, method: MethodDescriptor) -> Any:
        shape = "_".join(
            "stream" if s else "unary" for s in (method.client_streaming, method.server_streaming)
        )
        request, answer = (
            message_factory.GetMessageClass(t) for t in (method.input_type, method.output_type)
        )
        path = f"/{method.containing_service.full_name}/{method.name}"
        return getattr(self.api.channels[service], shape)(
            path, request_serializer=request.SerializeToString, response_deserializer=answer.FromString
        )


def _refusal(path: str, error: grpc.aio.AioRpcError) -> Exception:
    if error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN):
        return Unexpected(f"{path}: {error.code().name}: {error.details()}")
    return from_call(error)


async def refused(call: Awaitable[Any], *reasons: str) -> AppError:
    """Return the refusal of a call that must be refused; raises Unexpected where it is not, or for another reason."""
    try:
        await call
    except AppError as error:
        if error.reason not in reasons:
            raise Unexpected(f"refused for {error.reason} ({error.message}), not for {reasons}") from None
        return error
    raise Unexpected(f"was to be refused for {reasons} and was not")


async def until(fetch: Callable[[], Awaitable[Any]], fits: Callable[[Any], bool], what: str) -> Any:
    """Ask again until the answer fits; raises Unexpected after 20 seconds."""
    import asyncio

    deadline = asyncio.get_running_loop().time() + 20
    while not fits(found := await fetch()):
        if asyncio.get_running_loop().time() > deadline:
            raise Unexpected(f"{what}: still not so after 20 s")
        await asyncio.sleep(0.02)
    return found


def expect(what: str, found: Any, wanted: Any) -> None:
    """Raise Unexpected where two values differ."""
    if found != wanted:
        raise Unexpected(f"{what}: found {found!r}, wanted {wanted!r}")
