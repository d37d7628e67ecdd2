"""Calls that do not give up: repeated with the same request_id while a service is away, and noted in a ledger."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import grpc
from google.protobuf.message import Message
from google.type.date_pb2 import Date
from shuzheng.type.v1.qualification_pb2 import Qualification

from tests.support.people import Person, person

StubOf = Callable[[str, Callable[[Any], Any], str, str, str], Any]
AIM = Qualification(occupation="big-data", direction="", level=1)
AWAY = frozenset(
    grpc.StatusCode[name] for name in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED")
)
WAIT = 60  # seconds that events may take to arrive
IN_FLIGHT = 8


@dataclass
class Ledger:
    """What was acknowledged, and how often a call had to be repeated."""

    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    completed: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    published: set[str] = field(default_factory=set)
    annulled: set[str] = field(default_factory=set)
    answers: dict[tuple[str, int], int] = field(default_factory=dict)
    repeats: int = 0

    def note(self, service: str, answer: Message) -> None:
        """Keep the resource name of an answer."""
        name = getattr(answer, "name", "")
        if isinstance(name, str) and name:
            self.names[service].add(name)


def day(value: date) -> Date:
    """Return a calendar day as a message."""
    return Date(year=value.year, month=value.month, day=value.day)


class Calls:
    """One institution, one body and `size` people; `number` keeps journeys on one system apart."""

    def __init__(
        self,
        stub_of: StubOf,
        number: int = 1,
        size: int = 4,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self.stub_of = stub_of
        self.now = now
        self.ledger = Ledger()
        self.institution = f"institutions/i{number}"
        self.body = f"bodies/b{number}"
        self.cohort = f"{self.institution}/cohorts/c1"
        self.exam = f"{self.body}/exams/e1"
        self.number = number
        self.people = [person(number * 1000 + each) for each in range(size)]
        self.enrollments: list[str] = []
        self.candidates: dict[str, Person] = {}
        self.registrations: dict[str, str] = {}
        self.patience = 90.0
        self.timeout = 10.0

    async def call(
        self,
        service: str,
        kind: Callable[[Any], Any],
        rpc: str,
        request: Any,
        role: str,
        tenant: str = "",
        subject: str = "",
    ) -> Any:
        """Make one unary call, again while the service is away; note what it acknowledges."""
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = str(uuid.uuid4())
        stub = self.stub_of(service, kind, role, tenant, subject)
        answer = await self.again(lambda: getattr(stub, rpc)(request, timeout=self.timeout))
        self.ledger.note(service, answer)
        return answer

    async def again(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat a call until it is answered with anything but absence."""
        until = asyncio.get_running_loop().time() + self.patience
        while True:
            try:
                return await attempt()
            except grpc.aio.AioRpcError as error:
                if error.code() not in AWAY or asyncio.get_running_loop().time() > until:
                    raise
                self.ledger.repeats += 1
                await asyncio.sleep(0.05)


async def several(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """Wait for all, a few at a time; raises the first failure."""
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(item: Awaitable[Any]) -> Any:
        async with gate:
            return await item

    return list(await asyncio.gather(*(one(item) for item in work)))


async def until(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = WAIT) -> None:
    """Ask again and again until `holds`; raises AssertionError that says what did not happen."""
    end = asyncio.get_running_loop().time() + seconds
    while not await holds():
        assert asyncio.get_running_loop().time() < end, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.03)
