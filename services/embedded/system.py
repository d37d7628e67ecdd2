"""Opens and stops the embedded system: broker first and last, the services together in between.

It still speaks real gRPC and real JetStream; only the processes are folded into one.
"""

import asyncio
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from services.embedded import endpoints
from services.kit.clock import Clock, SystemClock
from services.kit.config import ServiceConfig
from services.kit.errors import AppError, Kind
from services.kit.events.broker import Broker

SERVICES = ("training", "assessment", "certificates")
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
            modules = await self._broker_and_code()
            opening = [self._open(name, modules[name], clock, settings) for name in SERVICES]
            await _all(opening)
            endpoints.write(self.folder, self.addresses, self.nats_url)
        except BaseException:
            await self.stop()
            raise

    async def _broker_and_code(self) -> dict[str, ModuleType]:
        """Import the services while the broker starts."""
        starting = asyncio.create_task(self._start_broker())
        await asyncio.sleep(0)
        modules = {name: import_module(f"services.{name}.wiring") for name in SERVICES}
        await starting
        return modules

    async def _start_broker(self) -> None:
        if self.nats_url:
            return
        self.broker = Broker(self.folder / "nats")
        await self.broker.start()
        self.nats_url = self.broker.url

    async def _open(self, name: str, wiring: ModuleType, clock: Clock, settings: Mapping[str, Any]) -> None:
        config = settings_of(name).load(data_dir=self.folder, nats_url=self.nats_url, **settings)
        self.services[name] = await wiring.open(config, clock)

    async def serve_files(self, listen: str) -> str:
        """Serve the issuer's public files over HTTP too; returns their address. Raises UNAVAILABLE."""
        code = "services.certificates.site"
        try:
            config = import_module(f"{code}.config").FilesConfig(data_dir=self.folder, files_listen=listen)
            self.files = await import_module(f"{code}.server").open(config)
        except (ModuleNotFoundError, OSError, OverflowError, ValueError) as error:
            await self.stop()
            hint = "; pip install 'shuzheng[http]'" if isinstance(error, ModuleNotFoundError) else ""
            message = f"The public files cannot be served on {listen}: {error}{hint}"
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


def settings_of(name: str) -> type[ServiceConfig]:
    """Return the settings model that a service's config.py defines."""
    found = vars(import_module(f"services.{name}.config")).values()
    models = [each for each in found if isinstance(each, type) and issubclass(each, ServiceConfig)]
    return next(model for model in models if model is not ServiceConfig)


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
