"""The few hot paths: statements compiled once from the tables and run on the driver's own connection.

A session costs hundreds of microseconds a call where the query costs a few; only verify, save answer, relay and
inbox come here. Writes are durable when acknowledged.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable

from services.kit.storage.compiled import Compiled, in_array
from services.kit.storage.database import Database
from services.kit.storage.hot_postgres import PostgresDriver
from services.kit.storage.hot_sqlite import SqliteDriver

__all__ = ["HotPath", "Query", "Write", "in_array"]


class Query:
    """A SELECT that was compiled once."""

    def __init__(self, path: "HotPath", compiled: Compiled) -> None:
        self.path = path
        self.compiled = compiled

    async def one(self, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        rows = await self.path.read(self.compiled, self.compiled.arguments(values), single=True)
        return self.compiled.row(rows[0]) if rows else None

    async def all(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return every row."""
        rows = await self.path.read(self.compiled, self.compiled.arguments(values))
        return [self.compiled.row(row) for row in rows]


class Write:
    """One or more writing statements that were compiled once and run as one unit."""

    def __init__(self, path: "HotPath", compiled: list[Compiled]) -> None:
        self.path = path
        self.compiled = compiled

    async def __call__(self, *values: dict[str, Any]) -> list[Any]:
        """Run the unit, one dict a statement (a single dict serves all); returns when it is on disk.

        Each element of the answer is the list of RETURNING rows, or the number of rows changed.
        """
        given = values if len(values) == len(self.compiled) else values * len(self.compiled)
        unit = [(c, c.arguments(v)) for c, v in zip(self.compiled, given, strict=True)]
        return await self.path.submit(unit)

    async def many(self, values: Sequence[dict[str, Any]]) -> list[Any]:
        """Run the one statement of this unit for each dict, all or none; answers as a call does, one a dict."""
        (compiled,) = self.compiled
        return await self.path.submit([(compiled, compiled.arguments(one)) for one in values])


class HotPath:
    """Driver connections of one database for compiled statements."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.driver: SqliteDriver | PostgresDriver = (
            SqliteDriver(database) if database.is_sqlite else PostgresDriver(database)
        )
        self.read = self.driver.read
        self.submit = self.driver.submit

    def query(self, statement: Executable) -> Query:
        """Compile a SELECT with named `bindparam`s."""
        return Query(self, Compiled(statement, self.database.dialect))

    def write(self, *statements: Executable) -> Write:
        """Compile a unit of INSERT, UPDATE or DELETE statements with named `bindparam`s."""
        return Write(self, [Compiled(statement, self.database.dialect) for statement in statements])

    async def open(self) -> None:
        """Connect; call once, after the schema is there."""
        await self.driver.open()

    async def close(self) -> None:
        """Finish what was accepted, then disconnect."""
        await self.driver.close()
