"""Calls as one person or program, by the name of the RPC: `caller("CohortService/FileCohort", name=…)`.

A `Caller` waits for its answers, an `AsyncCaller` awaits them. Neither lets an error of gRPC through: a refusal is an
AppError, anything else a Fault.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from services.client import catalog, requests
from services.client.channels import Channels
from services.client.failures import told
from services.client.identity import Metadata

PATIENCE = 60.0  # seconds for a call that is no stream
STREAM_PATIENCE = 3600.0
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Caller:
    """`metadata` tells who calls; it is asked before each call, so that a token may be kept anew meanwhile."""

    channels: Channels
    metadata: Callable[[], Metadata]

    def __call__(self, path: str, service: str = "", **fields: Any) -> Any:
        """Call an RPC with one request; returns the answer, or an iterator of answers. Raises AppError, Fault."""
        owner, method = catalog.method(path)
        request = requests.new(method, **requests.identified(method, fields))
        answers = self.answers(owner or service, method, [request])
        return answers if method.server_streaming else next(answers)

    def stream(self, path: str, sent: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
        """Call an RPC that takes a stream; yields the answers. Raises AppError, Fault."""
        owner, method = catalog.method(path)
        return self.answers(owner, method, [requests.new(method, **fields) for fields in sent])

    def answers(self, service: str, method: MethodDescriptor, sent: Iterable[Message]) -> Iterator[Any]:
        """Yield the answers of an RPC of any shape. Raises AppError, Fault."""
        call, given = self.channels.stub(service, method), iter(sent)
        request = given if method.client_streaming else next(given)
        with told(method.full_name):
            found = call(request, metadata=self.metadata(), timeout=_patience(method))
            yield from found if method.server_streaming else (found,)

    def pages(self, service: str, method: MethodDescriptor, request: Any) -> Iterator[Any]:
        """Yield every page of a List RPC. Raises AppError, Fault."""
        request.page_size = request.page_size or LARGEST_PAGE
        while True:
            page = next(self.answers(service, method, [request]))
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def close(self) -> None:
        """Hang up."""
        for channel in self.channels.opened.values():
            channel.close()


@dataclass(frozen=True)
class AsyncCaller:
    """Several callers may share their channels; who opened them hangs up."""

    channels: Channels
    metadata: Metadata = ()
    patience: float = PATIENCE
    stream_patience: float = STREAM_PATIENCE

    async def __call__(self, path: str, service: str = "", **fields: Any) -> Any:
        """Call an RPC with one request and one answer. Raises AppError, Fault."""
        owner, method = catalog.method(path)
        request = requests.new(method, **requests.identified(method, fields))
        with told(method.full_name):
            return await self._begun(owner or service, method, request)

    async def stream(self, path: str, sent: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Call an RPC that answers with a stream; returns all answers. Raises AppError, Fault."""
        owner, method = catalog.method(path)
        messages = [requests.new(method, **fields) for fields in sent]
        request = iter(messages) if method.client_streaming else messages[0]
        with told(method.full_name):
            return [answer async for answer in self._begun(owner, method, request)]

    async def every(self, path: str, rows: str, **fields: Any) -> list[Any]:
        """Return the rows of all pages of a List RPC. Raises AppError, Fault."""
        found: list[Any] = []
        token = ""
        while True:
            page = await self(path, page_size=LARGEST_PAGE, page_token=token, **fields)
            found += getattr(page, rows)
            token = page.next_page_token
            if not token:
                return found

    def _begun(self, service: str, method: MethodDescriptor, request: Any) -> Any:
        patience = _patience(method, self.patience, self.stream_patience)
        return self.channels.stub(service, method)(request, metadata=self.metadata, timeout=patience)


def _patience(method: MethodDescriptor, call: float = PATIENCE, stream: float = STREAM_PATIENCE) -> float:
    return stream if method.client_streaming or method.server_streaming else call
