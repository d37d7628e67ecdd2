"""SQLite connections whose statements take one step of their thread.

aiosqlite opens a cursor, executes, fetches and closes in four steps, and each of them is a hand-over to the thread
and back, which costs more than most statements.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite


class OneHopCursor:
    """What SQLAlchemy asks of a cursor; rows are fetched together with the execution."""

    def __init__(self, connection: "OneHopConnection") -> None:
        self.connection = connection
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.rows: Sequence[Any] = ()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        """Execute one statement and fetch its rows."""
        await self.connection._execute(partial(self._run, sqlite3.Cursor.execute, statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Any]) -> Self:
        """Execute one statement for each set of parameters."""
        await self.connection._execute(partial(self._run, sqlite3.Cursor.executemany, statement, parameters))
        return self

    def _run(self, execute: Any, statement: str, parameters: Any) -> None:
        cursor = self.connection._conn.cursor()
        try:
            execute(cursor, statement, parameters)
            self.description = cursor.description
            self.rows = cursor.fetchall() if cursor.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        """Return the rows, which are there already."""
        return self.rows

    async def close(self) -> None:
        """Nothing is open."""


class OneHopConnection(aiosqlite.Connection):
    """A connection with such cursors, which does not go to its thread to roll back nothing."""

    asked = 0  # steps given to the thread
    done = 0  # steps that the thread has ended, also those that nobody waits for any more

    def cursor(self) -> Any:
        """Return a cursor."""
        return OneHopCursor(self)

    async def rollback(self) -> None:
        """Roll back, if there is anything: the pool asks for it after each COMMIT too."""
        if self.asked > self.done or self.in_transaction:
            await super().rollback()

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        return await super()._execute(partial(self._step, fn, *args, **kwargs))

    def _step(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        finally:
            self.done += 1


async def connect(path: str) -> aiosqlite.Connection:
    """Open a SQLite file in autocommit mode: BEGIN, COMMIT and ROLLBACK are said explicitly."""
    connection = OneHopConnection(
        partial(sqlite3.connect, Path(path), isolation_level=None), iter_chunk_size=64
    )
    connection._thread.daemon = True
    return await connection
