"""The whole system in processes, and the means to see what a dead service left behind."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import nats
import pytest

from tests.support import invariants, processes
from tests.support.effort import EFFORT
from tests.support.journey import Journey
from tests.support.processes import Processes


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Bring about every fault again and again at night: what it meets differs from turn to turn."""
    if EFFORT > 1:
        metafunc.fixturenames.append("turn")
        metafunc.parametrize("turn", range(EFFORT))


class Fault:
    """What tests do to a running system and how they prove that they did it."""

    def __init__(self, system: Processes):
        self.system = system
        self.kills = 0

    def sql(self, service: str, statement: str) -> Any:
        """Run one statement on the SQLite file of a service and return the first value."""
        connection = sqlite3.connect(self.system.folder / f"{service}.db", timeout=10)
        try:
            with connection:
                found = connection.execute(statement).fetchone()
            return found[0] if found else None
        finally:
            connection.close()

    def waiting(self, service: str) -> int:
        """Return how many facts of a service are committed and not known to be published."""
        return int(self.sql(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL"))

    async def kill(self, victim: str) -> None:
        """SIGKILL a service or the broker; both must have been alive."""
        if victim == "broker":
            assert self.system.broker.process and self.system.broker.process.returncode is None
            await self.system.broker.kill()
        else:
            self.system.services[victim].kill()
        self.kills += 1

    async def start(self, victim: str) -> None:
        """Start it again."""
        await (self.system.broker if victim == "broker" else self.system.services[victim]).start()

    async def kill_during(self, victim: str, work: Awaitable[Any], after: float, dead: float = 0.2) -> Any:
        """Kill a victim some seconds after `work` began, start it again, and return what the work came to."""
        running = asyncio.ensure_future(work)
        await asyncio.sleep(after)
        await self.kill(victim)
        await asyncio.sleep(dead)
        await self.start(victim)
        return await running

    async def jetstream(self, ask: Callable[[Any], Awaitable[Any]]) -> Any:
        """Ask the broker something as its operator."""
        client = await nats.connect(self.system.broker.url)
        try:
            return await ask(client.jetstream())
        finally:
            await client.close()

    async def messages(self, stream: str) -> int:
        """Return how many messages a stream holds."""
        info = await self.jetstream(lambda js: js.stream_info(stream))
        return int(info.state.messages)


@pytest.fixture
async def fault(tmp_path: Path) -> AsyncIterator[Fault]:
    """A running system on SQLite."""
    async with processes.running(tmp_path) as system:
        yield Fault(system)


@pytest.fixture
def journey(fault: Fault) -> Journey:
    """A journey of 24 people on it."""
    return Journey(fault.system.stub, size=24)


@pytest.fixture
def at_the_end(fault: Fault, journey: Journey) -> Callable[[], Awaitable[invariants.Snapshot]]:
    """Wait for rest and hold everything to the invariants."""
    return lambda: invariants.check(fault.system.urls, journey.ledger, fault.system.logs)
