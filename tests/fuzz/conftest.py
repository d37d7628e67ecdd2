"""The whole system with a finished journey in it, its log, and calls made of generated requests."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from google.protobuf.descriptor import MethodDescriptor

from tests.support import fuzz
from tests.support.fuzz import Answer, Who, Writer
from tests.support.services import OpenedService
from tests.support.tokens import credentials

IN_FLIGHT = 8


class Hail:
    """Calls one service with generated requests and keeps the answers."""

    def __init__(self, opened: OpenedService, writer: Writer):
        self.opened = opened
        self.writer = writer
        self.answers: list[Answer] = []
        self.known: dict[Who, tuple[tuple[str, str], ...]] = {}
        self.gate = asyncio.Semaphore(IN_FLIGHT)

    async def fall(self, methods: Sequence[MethodDescriptor], rounds: int) -> None:
        """Call every method `rounds` times, several calls at once."""
        calls = [self.one(method, number) for number in range(rounds) for method in methods]
        await asyncio.gather(*calls)

    async def one(self, method: MethodDescriptor, number: int) -> None:
        """Make one call: well-formed in even rounds, odd in others, random bytes in every tenth."""
        oddness = (0.0, 0.08, 0.0, 0.5)[number % 4]
        count = self.writer.random.randint(0, 3) if method.client_streaming else 1
        messages = [self.writer.request(method.input_type, oddness) for _ in range(count)]
        who = fuzz.callers(method, messages, self.writer)
        raw = [message.SerializeToString() for message in messages]
        if number % 10 == 9 and raw:
            raw[-1] = self.writer.random.randbytes(self.writer.random.choice((1, 7, 200)))
        if who not in self.known:
            self.known[who] = credentials(self.opened.keys, who.role, who.tenant)
        async with self.gate:
            self.answers.append(await fuzz.call(self.opened.channel, method, raw, who, self.known[who]))

    @property
    def faults(self) -> Counter[str]:
        """What must not have been answered, with its number."""
        return Counter(answer.fault for answer in self.answers if answer.fault)

    @property
    def reached(self) -> set[str]:
        """The methods that were answered with OK at least once."""
        return {answer.method for answer in self.answers if answer.code.name == "OK"}


@pytest.fixture
def hail() -> type[Hail]:
    """Makes a hail of calls on a service."""
    return Hail
