"""One service opened by its own wiring on a free port, and calls to it over real gRPC."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from services import processes
from services.kit.clock import Clock
from services.kit.runtime import Service
from tests.support.clock import SettableClock
from tests.support.databases import Databases
from tests.support.nats import NO_BROKER
from tests.support.tokens import credentials


class Caller:
    """A channel that sends one caller's metadata with every call; generated stubs take it as their channel."""

    def __init__(self, channel: grpc.aio.Channel, metadata: tuple[tuple[str, str], ...]):
        self.channel = channel
        self.metadata = metadata

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        """Return `unary_unary` and its like, with the metadata bound."""
        make = getattr(self.channel, kind)
        return lambda *args, **options: partial(make(*args, **options), metadata=self.metadata)


class OpenedService:
    """A started service and a channel to it."""

    def __init__(self, service: Service):
        self.service = service
        self.keys = service.config.keys_dir
        self.channel = grpc.aio.insecure_channel(service.address)

    def stub(
        self, kind: Callable[[Any], Any], role: str = "public", tenant: str = "", *, subject: str = ""
    ) -> Any:
        """Return a stub (for example `CohortServiceStub`) that calls as this role of this tenant."""
        return kind(Caller(self.channel, credentials(self.keys, role, tenant, subject=subject)))

    async def close(self) -> None:
        """Hang up and stop the service."""
        await self.channel.close()
        await self.service.stop()


async def open_on(
    service: str, database_url: str, data_dir: Path, clock: Clock, **settings: Any
) -> OpenedService:
    """Open a service on a database; `settings` as in its config, for example nats_url=broker.url."""
    options = {
        "listen": "127.0.0.1:0",
        "nats_url": NO_BROKER,
        "grace": 1.0,
        "caller_rate": 0,
        "public_rate": 0,
    }
    entry = processes.TABLE[service]
    config = entry.model()(data_dir=data_dir, database_url=database_url, **(options | settings))
    open_service: Callable[..., Any] = entry.open()
    return OpenedService(await open_service(config, clock=clock))


@pytest.fixture
def clock() -> SettableClock:
    """The clock of the services of this test."""
    return SettableClock()


@pytest.fixture
async def open_service(
    databases: Databases, tmp_path: Path, clock: SettableClock
) -> AsyncIterator[Callable[..., Awaitable[OpenedService]]]:
    """Give the function that opens a service on the engine of this test; all share keys and clock, all are stopped."""
    opened: list[OpenedService] = []

    async def open_one(service: str, **settings: Any) -> OpenedService:
        url = await databases.migrated(service)
        opened.append(await open_on(service, url, tmp_path / "data", clock, **settings))
        return opened[-1]

    yield open_one
    for one in reversed(opened):
        await one.close()
