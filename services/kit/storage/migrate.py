"""Bring a database to the newest schema, and write new migration scripts.

    python -m services.kit.storage.migrate training "add a column"

writes the next script from the difference between the rows and the migrations.
"""

import argparse
import asyncio
import tempfile
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, text
from sqlalchemy.engine import Connection

from services.kit.storage.database import Database

LOCK = 0x5A5A_0001  # any number: the same for all replicas that migrate one database

# Alembic keeps the migration under way in module globals: services in one process take turns.
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def upgrade(database: Database, package: str, metadata: MetaData) -> None:
    """Run all missing migrations of `package` ("services.training"); replicas wait for each other."""
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with turn, database.write_lock, database.engine.begin() as connection:
        await connection.run_sync(_upgrade, package, metadata)


def _upgrade(connection: Connection, package: str, metadata: MetaData) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    command.upgrade(_config(connection, package, metadata), "head")


def _config(connection: Connection, package: str, metadata: MetaData) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", str(files(package) / "migrations" / "versions"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, metadata=metadata)
    return config


def metadata_of(service: str) -> MetaData:
    """Return the tables of a service, all of its areas' rows included: its wiring imports every one of them."""
    import_module(f"services.{service}.wiring")
    metadata: MetaData = import_module(f"services.{service}.root").Base.metadata
    return metadata


async def revise(service: str, message: str) -> None:
    """Write the next migration of a service by comparing its rows with its migrations; none where they agree."""
    package, metadata = f"services.{service}", metadata_of(service)
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(f"sqlite:///{scratch}/scratch.db")
        await upgrade(database, package, metadata)
        async with database.engine.begin() as connection:
            await connection.run_sync(_revise, package, metadata, message)
        await database.close()


def _revise(connection: Connection, package: str, metadata: MetaData, message: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _config(connection, package, metadata)
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    command.revision(
        config,
        message,
        autogenerate=True,
        rev_id=f"{number:04d}",
        process_revision_directives=_require_difference,
    )


def _require_difference(_context: Any, _revision: Any, scripts: list[Any]) -> None:
    """Write nothing where nothing has changed."""
    if all(script.upgrade_ops.is_empty() for script in scripts):
        print("rows and migrations agree; nothing is written")
        scripts.clear()


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m services.kit.storage.migrate",
        description="Writes the next migration of a service from the difference between its rows and its migrations.",
    )
    parser.add_argument("service", help="whose, for example training")
    parser.add_argument("message", help="what it does, for example 'add cohorts'")
    chosen = parser.parse_args()
    if not (files("services") / chosen.service / "migrations").is_dir():
        parser.error(f"services/{chosen.service}/migrations: there is no such service")
    asyncio.run(revise(chosen.service, chosen.message))


if __name__ == "__main__":
    main()
