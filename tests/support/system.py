"""The three services opened in this process on one engine, with a broker: for tests that need no crash."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.kit.clock import SystemClock
from services.kit.events import broker
from tests.support.databases import Databases
from tests.support.processes import SERVICES
from tests.support.services import OpenedService, open_on


class System:
    """The opened services by name; `urls` are their databases."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.services: dict[str, OpenedService] = {}

    def stub(
        self, service: str, kind: Callable[[Any], Any], role: str, tenant: str = "", subject: str = ""
    ) -> Any:
        """Return a stub that calls a service as this role of this tenant."""
        return self.services[service].stub(kind, role, tenant, subject=subject)

    async def names(self) -> list[str]:
        """Return the name of every resource that exists."""
        found: list[str] = []
        for opened in self.services.values():
            store = opened.service.store
            tables = [table for table in store.rows.metadata.sorted_tables if "name" in table.c]
            async with store.read() as tx:
                for table in tables:
                    found += (await tx.execute(table.select().with_only_columns(table.c.name))).scalars()
        return sorted(found)


@asynccontextmanager
async def opened(databases: Databases, folder: Path) -> AsyncIterator[System]:
    """Open everything for the length of a block."""
    system = System()
    async with broker.running(folder / "nats") as started:
        try:
            for service in SERVICES:
                system.urls[service] = url = await databases.migrated(service)
                settings = {"nats_url": started.url}
                system.services[service] = await open_on(
                    service, url, folder / "data", SystemClock(), **settings
                )
            yield system
        finally:
            for one in system.services.values():
                await one.close()


@pytest.fixture
async def system(databases: Databases, tmp_path: Path) -> AsyncIterator[System]:
    """The whole system in this process, on both engines one after the other."""
    async with opened(databases, tmp_path) as found:
        yield found
