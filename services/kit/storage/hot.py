"""The few hot paths: statements compiled once from the tables and run on the driver's own connection.

A session costs hundreds of microseconds a call where the query costs a few; only verify, save answer, relay and
inbox come here. Writes are durable when acknowledged: SQLite commits whatever arrived meanwhile as one group, with
a SAVEPOINT around each unit; PostgreSQL groups commits itself.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import asyncpg
from sqlalchemy import Executable, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import ARRAY, Boolean, String

from services.kit.errors import unavailable
from services.kit.storage.database import PRAGMAS, Database

Processor = Callable[[Any], Any]
LARGEST_GROUP = 512


class in_array(ColumnElement[bool]):
    """`column IN (one bound list of strings)`, so that one compiled statement serves lists of any length."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name


@compiles(in_array, "sqlite")
def _in_json(element: in_array, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    listed = compiler.process(bindparam(element.name, type_=_JsonList()), **kw)
    return f"{column} IN (SELECT value FROM json_each({listed}))"


@compiles(in_array, "postgresql")
def _in_any(element: in_array, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"{column} = ANY({compiler.process(bindparam(element.name, type_=ARRAY(String)), **kw)})"


class _JsonList(String):
    """A list of strings bound as JSON text."""

    def bind_processor(self, dialect: Any) -> Processor:
        return lambda value: json.dumps(list(value), ensure_ascii=False)


class Compiled:
    """SQL text, the order of its parameters, and how values go in and come out."""

    def __init__(self, statement: Executable, dialect: Any) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise ValueError("a hot statement cannot hold expanding parameters; use in_array")
        self.sql: str = str(compiled)
        self.order: list[str] = list(compiled.positiontup or ())
        self.fixed = {key: value for key, value in compiled.params.items() if value is not None}
        self.bind = _processors(compiled.binds.items(), dialect, "bind_processor")
        returned = getattr(statement, "selected_columns", None) or getattr(statement, "_returning", ())
        self.result = [_result_processor(column, dialect) for column in returned]
        self.converts = any(self.result)
        self.returns = bool(self.result)

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """Return the values in the order of the SQL text."""
        found = []
        for name in self.order:
            value = values[name] if name in values else self.fixed[name]
            convert = self.bind.get(name)
            found.append(convert(value) if convert is not None else value)
        return found

    def row(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        """Return one row with the types of its columns."""
        if not self.converts:
            return tuple(raw)
        return tuple(f(v) if f is not None else v for f, v in zip(self.result, raw, strict=True))


def _processors(binds: Any, dialect: Any, kind: str) -> dict[str, Processor]:
    found = {name: getattr(bind.type.dialect_impl(dialect), kind)(dialect) for name, bind in binds}
    return {name: processor for name, processor in found.items() if processor is not None}


def _result_processor(column: Any, dialect: Any) -> Processor | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


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


Unit = list[tuple[Compiled, list[Any]]]


class HotPath:
    """Driver connections of one database for compiled statements."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.driver: _SqliteDriver | _PostgresDriver = (
            _SqliteDriver(database) if database.is_sqlite else _PostgresDriver(database)
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


class _SqliteDriver:
    """Reads on the event loop (microseconds, from memory); writes grouped on one thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="hot-writer")
        self.waiting: list[tuple[Unit, asyncio.Future[list[Any]]]] = []
        self.committer: asyncio.Task[None] | None = None
        self.reader: sqlite3.Connection | None = None
        self.writer: sqlite3.Connection | None = None

    async def open(self) -> None:
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
        assert self.reader is not None, "HotPath.open() was not called"
        cursor = self.reader.execute(compiled.sql, arguments)
        if not single:
            return cursor.fetchall()
        row = cursor.fetchone()
        cursor.close()
        return [row] if row is not None else []

    def submit(self, unit: Unit) -> asyncio.Future[list[Any]]:
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
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self.writer.execute("ROLLBACK")
            return [error] * len(units)
        return outcomes

    def _run_unit(self, unit: Unit) -> Any:
        assert self.writer is not None
        self.writer.execute("SAVEPOINT unit")
        try:
            outcome = [self._run(compiled, arguments) for compiled, arguments in unit]
        except sqlite3.Error as error:
            self.writer.execute("ROLLBACK TO unit")
            outcome = error  # type: ignore[assignment]
        self.writer.execute("RELEASE unit")
        return outcome

    def _run(self, compiled: Compiled, arguments: list[Any]) -> Any:
        assert self.writer is not None
        cursor = self.writer.execute(compiled.sql, arguments)
        return [compiled.row(row) for row in cursor.fetchall()] if compiled.returns else cursor.rowcount

    async def close(self) -> None:
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
    elif isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


class _PostgresDriver:
    """A pool whose connections keep their prepared statements; nothing needs a reset between calls."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        url = self.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        size = self.database.pool_size
        self.pool = await asyncpg.create_pool(
            url, min_size=min(2, size), max_size=size * 2, reset=_keep, statement_cache_size=256
        )

    async def read(self, compiled: Compiled, arguments: list[Any], *, single: bool = False) -> list[Any]:
        async with self._connection() as connection:
            if single:
                row = await connection.fetchrow(compiled.sql, *arguments)
                return [row] if row is not None else []
            return list(await connection.fetch(compiled.sql, *arguments))

    async def submit(self, unit: Unit) -> list[Any]:
        async with self._connection() as connection:
            if len(unit) == 1:
                return [await _run(connection, *unit[0])]
            async with connection.transaction():
                return [await _run(connection, compiled, arguments) for compiled, arguments in unit]

    def _connection(self) -> "_Lease":
        assert self.pool is not None, "HotPath.open() was not called"
        return _Lease(self.pool)

    async def close(self) -> None:
        if self.pool is not None:
            await self.pool.close()


class _Lease:
    """A pooled connection; a lost server becomes UNAVAILABLE."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.connection: Any = None

    async def __aenter__(self) -> Any:
        try:
            self.connection = await self.pool.acquire()
        except (OSError, asyncpg.PostgresError) as error:
            raise unavailable("The database cannot be reached; try again.") from error
        return self.connection

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await self.pool.release(self.connection)
        lost = asyncpg.PostgresConnectionError | asyncpg.InterfaceError | asyncpg.OperatorInterventionError
        if isinstance(error, lost | OSError):
            raise unavailable("The database cannot be reached; try again.") from error


async def _keep(connection: Any) -> None:
    """Leave the session as it is: hot statements change no setting."""


async def _run(connection: Any, compiled: Compiled, arguments: list[Any]) -> Any:
    if compiled.returns:
        return [compiled.row(row) for row in await connection.fetch(compiled.sql, *arguments)]
    status: str = await connection.execute(compiled.sql, *arguments)
    return int(status.rsplit(" ", 1)[-1])
