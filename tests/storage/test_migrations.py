"""The migrations of every service make exactly its tables, once, on both engines."""

import asyncio
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from services.kit.storage.database import Database
from services.kit.storage.migrate import metadata_of, upgrade
from tests.support.databases import Databases
from tests.support.places import ROOT

ROOT = ROOT / "services"
SERVICES = sorted(path.parents[2].name for path in ROOT.glob("*/migrations/versions/0001*.py"))


def rows(service: str) -> MetaData:
    return metadata_of(service)


async def migrate(database: Database, service: str) -> None:
    await upgrade(database, f"services.{service}", rows(service))


async def inspected(database: Database, look):
    async with database.engine.connect() as connection:
        return await connection.run_sync(look)


def differences(connection, metadata: MetaData) -> list:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def schema(database: Database) -> dict:
    """Return the columns of every table."""

    def look(connection) -> dict:
        found = inspect(connection)
        return {table: [c["name"] for c in found.get_columns(table)] for table in found.get_table_names()}

    return await inspected(database, look)


def test_every_service_with_rows_has_migrations():
    with_rows = {path.parts[-2] for path in ROOT.glob("*/root.py")}
    assert with_rows == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrated_schema_is_what_the_rows_say(database: Database, service: str):
    await migrate(database, service)
    assert await inspected(database, lambda connection: differences(connection, rows(service))) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_second_upgrade_changes_nothing(database: Database, service: str):
    await migrate(database, service)
    before = await schema(database)
    await migrate(database, service)
    assert await schema(database) == before
    assert set(rows(service).tables) <= set(before)


async def test_a_difference_would_be_noticed(database: Database):
    """The negative control of the comparison."""
    service = SERVICES[0]
    await migrate(database, service)
    async with database.session(write=True) as session:
        await (await session.connection()).exec_driver_sql("ALTER TABLE outbox ADD COLUMN surplus INTEGER")
    found = await inspected(database, lambda connection: differences(connection, rows(service)))
    assert [change[0] for change in found] == ["remove_column"]


@pytest.mark.parametrize("service", SERVICES)
async def test_replicas_that_start_together_migrate_once(databases: Databases, service: str):
    url = databases.empty()
    replicas = [Database(url) for _ in range(3)]
    try:
        await asyncio.gather(*(migrate(replica, service) for replica in replicas))
        assert await inspected(replicas[0], lambda connection: differences(connection, rows(service))) == []
    finally:
        for replica in replicas:
            await replica.close()


@pytest.mark.parametrize("service", SERVICES)
def test_no_migration_is_written_where_nothing_has_changed(service: str):
    before = sorted((ROOT / service / "migrations" / "versions").glob("*.py"))
    done = written(service, "nothing")
    assert (done.returncode, "nothing is written" in done.stdout) == (0, True), done.stderr
    assert sorted((ROOT / service / "migrations" / "versions").glob("*.py")) == before


def test_a_service_that_is_none_is_said_to_be_none():
    done = written("nothing", "nothing")
    assert (done.returncode, "no such service" in done.stderr) == (2, True)


def written(service: str, message: str) -> "subprocess.CompletedProcess[str]":
    """Ask for a migration as a developer does."""
    command = [sys.executable, "-m", "services.kit.storage.migrate", service, message]
    return subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, timeout=60)
