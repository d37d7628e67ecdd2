"""The demo service and its mirror, started for one test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.kit.runtime import Service
from tests.service.kit import demo
from tests.support.clock import SettableClock
from tests.support.nats import NO_BROKER
from tests.support.services import OpenedService

INSTITUTION = "institutions/a"


class Opened(OpenedService):
    """The demo with what its tests need."""

    def __init__(self, service: Service, servicer: demo.CounterServicer):
        super().__init__(service)
        self.servicer = servicer

    def counters(self, role: str = "institution", tenant: str = INSTITUTION, *, subject: str = "") -> Any:
        """Return a stub that calls as this role."""
        return self.stub(demo.CounterStub, role, tenant, subject=subject)

    async def counter(self, identifier: str = "one") -> str:
        """Create a counter and return its name."""
        request = demo.message("CreateCounterRequest")(parent=INSTITUTION, counter_id=identifier)
        return (await self.counters().CreateCounter(request)).name

    async def add(self, name: str, amount: int = 1) -> Any:
        """Add to a counter."""
        return await self.counters().AddToCounter(
            demo.message("AddToCounterRequest")(name=name, amount=amount)
        )


@pytest.fixture
async def open_demo(tmp_path: Path, clock: SettableClock) -> AsyncIterator[Callable[..., Awaitable[Opened]]]:
    """Opens the demo; pass what differs, for example its nats_url."""
    opened: list[Opened] = []

    async def open_one(**settings: Any) -> Opened:
        options = {
            "data_dir": tmp_path / "data",
            "nats_url": NO_BROKER,
            "caller_rate": 0,
            "public_rate": 0,
            "grace": 1,
        }
        opened.append(Opened(*await demo.open_demo(demo.DemoConfig(**options | settings), clock)))
        return opened[-1]

    yield open_one
    for one in reversed(opened):
        await one.close()


@pytest.fixture
async def served(open_demo: Callable[..., Awaitable[Opened]]) -> Opened:
    """The demo with its defaults, without a broker."""
    return await open_demo()


@pytest.fixture
def mirror() -> demo.Mirror:
    """What handles the facts of the demo."""
    return demo.Mirror()


@pytest.fixture
async def open_mirror(
    tmp_path: Path, clock: SettableClock, mirror: demo.Mirror
) -> AsyncIterator[Callable[..., Awaitable[OpenedService]]]:
    """Opens the mirror, as `open_demo` does the demo."""
    opened: list[OpenedService] = []

    async def open_one(**settings: Any) -> OpenedService:
        config = demo.MirrorConfig(**{"data_dir": tmp_path / "data", "grace": 1, **settings})
        opened.append(OpenedService(await demo.open_mirror(config, clock, mirror)))
        return opened[-1]

    yield open_one
    for one in reversed(opened):
        await one.close()
