"""Hot statements on SQLite: reads on the event loop, writes in groups on one thread.

A group is whatever arrived while the last one was on its way to the disk; a SAVEPOINT keeps its units apart.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from services.kit.errors import unavailable
from services.kit.storage.compiled import Compiled, Unit
from services.kit.storage.database import DUPLICATES, PRAGMAS, Database, taken

LARGEST_GROUP = 512


class SqliteDriver:
    """Reads on the event loop (microseconds, from memory); writes grouped on one thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="hot-writer")
        self.waiting: list[tuple[Unit, asyncio.Future[list[Any]]]] = []
        self.committer: asyncio.Task[None] | None = None
        self.reader: sqlite3.Connection | None = None
        self.writer: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Connect; the schema must be there."""
        self.reader = self._connect()
        self.reader.execute("PRAGMA query_only=ON")
        self.writer = await asyncio.get_running_loop().run_in_executor(self.thread, self._connect)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            str(self.database.url.database),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    async def read(self, compiled: Compiled, arguments: list[Any], *, single: bool = False) -> list[Any]:
        """Run a SELECT; only its first row where `single`."""
        assert self.reader is not None, "HotPath.open() was not called"
        cursor = self.reader.execute(compiled.sql, arguments)
        if not single:
            return cursor.fetchall()
        row = cursor.fetchone()
        cursor.close()
        return [row] if row is not None else []

    def submit(self, unit: Unit) -> asyncio.Future[list[Any]]:
        """Run a unit; done when it is on disk."""
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self.waiting.append((unit, future))
        if self.committer is None or self.committer.done():
            self.committer = asyncio.ensure_future(self._commit_groups())
        return future

    async def _commit_groups(self) -> None:
        loop = asyncio.get_running_loop()
        while self.waiting:
            async with self.database.write_lock:
                group, self.waiting = self.waiting[:LARGEST_GROUP], self.waiting[LARGEST_GROUP:]
                outcomes = await loop.run_in_executor(
                    self.thread, self._run_group, [unit for unit, _ in group]
                )
            for (_, future), outcome in zip(group, outcomes, strict=True):
                if not future.done():  # a cancelled call must not strand its group
                    _settle(future, outcome)

    def _run_group(self, units: list[Unit]) -> list[Any]:
        assert self.writer is not None
        try:
            self.writer.execute("BEGIN IMMEDIATE")
            outcomes = [self._run_unit(unit) for unit in units]
            self.writer.execute("COMMIT")
        except Exception as error:  # whatever it is, the next group needs a connection without a transaction
            with suppress(sqlite3.Error):
                self.writer.execute("ROLLBACK")
            return [error] * len(units)
        return outcomes

    def _run_unit(self, unit: Unit) -> Any:
        assert self.writer is not None
        self.writer.execute("SAVEPOINT unit")
        try:
            outcome = [self._run(compiled, arguments) for compiled, arguments in unit]
        except Exception as error:  # also what the driver cannot bind: it concerns this unit alone
            self.writer.execute("ROLLBACK TO unit")
            outcome = error  # type: ignore[assignment]
        self.writer.execute("RELEASE unit")
        return outcome

    def _run(self, compiled: Compiled, arguments: list[Any]) -> Any:
        assert self.writer is not None
        cursor = self.writer.execute(compiled.sql, arguments)
        return [compiled.row(row) for row in cursor.fetchall()] if compiled.returns else cursor.rowcount

    async def close(self) -> None:
        """Finish what was accepted, then disconnect."""
        if self.committer is not None:
            with suppress(asyncio.CancelledError):
                await self.committer
        self.thread.shutdown(wait=True)
        for connection in (self.reader, self.writer):
            if connection is not None:
                connection.close()


def _settle(future: asyncio.Future[list[Any]], outcome: Any) -> None:
    if isinstance(outcome, sqlite3.OperationalError):
        future.set_exception(unavailable("The database is busy; try again."))
    elif getattr(outcome, "sqlite_errorname", "") in DUPLICATES:
        future.set_exception(taken())
    elif isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
