"""Databases for tests: the same test on SQLite and on PostgreSQL, a fresh database each.

Select one engine with `-m postgres` or `-m "not postgres"`.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from services.kit.storage.database import Database
from services.kit.storage.migrate import metadata_of, upgrade
from tests.support import postgres

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """The PostgreSQL server of this test run, started when the first test needs it."""
    with postgres.running() as server:
        yield server


class Databases:
    """Makes databases of one engine; migrated ones are copies of a template that is migrated once a run."""

    def __init__(self, folder: Path, server: postgres.PostgresServer | None):
        self.folder = folder
        self.server = server
        self.templates: dict[str, str] = {}
        self._numbers = count(1)

    @property
    def engine(self) -> str:
        """`sqlite` or `postgres`."""
        return "postgres" if self.server else "sqlite"

    def empty(self) -> str:
        """Return the URL of a new database without tables."""
        return self._copy("")

    async def migrated(self, service: str) -> str:
        """Return the URL of a new database with the newest schema of a service."""
        if service not in self.templates:
            self.templates[service] = template = self.empty()
            await _migrate(template, service)
        return self._copy(self.templates[service])

    def _copy(self, template: str) -> str:
        name = template.rpartition("/")[2]
        if self.server:
            return self.server.url(self.server.new_database(name or "template1"))
        path = self.folder / f"test_{next(self._numbers)}.db"
        if name:
            shutil.copy(self.folder / name, path)
        return f"sqlite:///{path}"


async def _migrate(url: str, service: str) -> None:
    database = Database(url)
    try:
        await upgrade(database, f"services.{service}", metadata_of(service))
    finally:
        await database.close()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases as SQLite files."""
    return Databases(tmp_path_factory.mktemp("sqlite"), None)


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: postgres.PostgresServer) -> Databases:
    """Databases on the PostgreSQL server of this run."""
    return Databases(postgres_server.folder, postgres_server)


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of both engines, one after the other."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    """An empty database, opened, on both engines."""
    opened = Database(databases.empty())
    yield opened
    await opened.close()
