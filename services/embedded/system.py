"""Opens and stops the embedded system: broker first and last, the services together in between.

It still speaks real gRPC and real JetStream; only the processes are folded into one.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from services import processes
from services.embedded import endpoints
from services.kit.clock import Clock, SystemClock
from services.kit.config import Unusable
from services.kit.errors import AppError, Kind
from services.kit.events.broker import Broker
from services.kit.process import missing

SERVICES = processes.SERVICES
SITE = "certificates.site"
EXTERNAL_BROKER = "NATS_URL"


class System:
    """A running embedded system; `addresses` maps each service to its host:port."""

    def __init__(self, folder: Path, lock: IO[str]) -> None:
        self.folder = folder.resolve()
        self.lock = lock
        self.broker: Broker | None = None
        self.nats_url = os.environ.get(EXTERNAL_BROKER, "")
        self.services: dict[str, Any] = {}
        self.files: Any = None

    @property
    def addresses(self) -> dict[str, str]:
        """Where each service answers."""
        return {name: service.address for name, service in self.services.items()}

    async def start(self, clock: Clock, settings: Mapping[str, Any]) -> None:
        """Start broker and services; where one fails, those that started are stopped again."""
        try:
            opens = await self._broker_and_code()
            opening = [self._open(name, opens[name], clock, settings) for name in SERVICES]
            await _all(opening)
            endpoints.write(self.folder, self.addresses, self.nats_url)
        except BaseException:
            await self.stop()
            raise

    async def _broker_and_code(self) -> dict[str, Callable[..., Any]]:
        """Import the services while the broker starts."""
        starting = asyncio.create_task(self._start_broker())
        await asyncio.sleep(0)
        opens = {name: processes.TABLE[name].open() for name in SERVICES}
        await starting
        return opens

    async def _start_broker(self) -> None:
        if self.nats_url:
            return
        self.broker = Broker(self.folder / "nats")
        await self.broker.start()
        self.nats_url = self.broker.url

    async def _open(
        self, name: str, open_service: Callable[..., Any], clock: Clock, settings: Mapping[str, Any]
    ) -> None:
        config = processes.load(name, data_dir=self.folder, nats_url=self.nats_url, **settings)
        self.services[name] = await open_service(config, clock)

    async def serve_files(self, listen: str) -> str:
        """Serve the issuer's public files over HTTP too; returns their address. Raises UNAVAILABLE."""
        try:
            config = processes.load(SITE, data_dir=self.folder, files_listen=listen)
            self.files = await processes.TABLE[SITE].open()(config)
        except (ImportError, OSError, OverflowError, Unusable) as error:
            await self.stop()
            told = missing(error) if isinstance(error, ImportError) else error
            message = f"The public files cannot be served on {listen}: {told}"
            raise AppError(Kind.UNAVAILABLE, "FILES_NOT_SERVED", message) from error
        return str(self.files.address)

    async def stop(self) -> None:
        """Stop the services, then the broker, then give the data folder back."""
        endpoints.remove(self.folder)
        if self.files is not None:
            await self.files.stop()
        await asyncio.gather(*(service.stop() for service in self.services.values()), return_exceptions=True)
        if self.broker is not None:
            await self.broker.stop()
        self.lock.close()


async def _all(opening: list[Any]) -> None:
    """Wait for all of them, then raise the first failure: a service that is still starting could not be stopped."""
    for outcome in await asyncio.gather(*opening, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def open(folder: Path, clock: Clock = SystemClock(), **settings: Any) -> System:  # noqa: B008
    """Start everything on `folder`; `settings` go to every service. Raises ALREADY_EXISTS where it runs already."""
    system = System(folder, endpoints.lock(folder))
    await system.start(clock, settings)
    return system
