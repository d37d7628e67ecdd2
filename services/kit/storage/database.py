"""One service's database: SQLite (embedded) or PostgreSQL (production), with transactions that lose nothing.

SQLite writes take one lock and `BEGIN IMMEDIATE`, because its default deferred transactions silently lose
concurrent changes; every commit reaches the disk (`synchronous=FULL`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from socket import gaierror
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm.exc import StaleDataError

from services.kit.errors import AppError, already_exists, conflict, unavailable
from services.kit.storage.one_hop import connect
from services.kit.storage.watched import WatchedSession
from services.kit.waiting import to_the_end

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # so that REPLACE meets the triggers of append-only tables
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-16000",
)
ENDED = {"08", "53", "57"}  # classes of SQLSTATE: connection lost, no resources, operator intervention
SERIALIZATION_STATES = {"40001", "40P01", "55P03"}
DUPLICATES = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
ANSWER = 2.0  # seconds in which a database that is ready answers
READ = {"shuzheng_read": True}


class Database:
    """An engine with the write lock that belongs to it.

    `url` is `sqlite:///path/file.db` or `postgresql://user:password@host:port/database`.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.pool_size = pool_size
        self.write_lock: Any = asyncio.Lock() if self.is_sqlite else _Open()
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url, pool_size)

    @property
    def dialect(self) -> Any:
        """The SQL dialect, for statements compiled ahead."""
        return self.engine.dialect

    @asynccontextmanager
    async def session(self, *, write: bool) -> AsyncIterator[AsyncSession]:
        """Open a session in one transaction; commits at the end, rolls back on any error."""
        async with self.write_lock if write else _Open():
            bind = self.engine if write else self.engine.execution_options(**READ)
            session = AsyncSession(bind, sync_session_class=WatchedSession, expire_on_commit=False)
            async with session:
                with translated():
                    async with _Ending(session):
                        yield session

    async def reach(self) -> None:
        """Connect once, at the start of a process; raises UNAVAILABLE, for its operator, with what the driver says."""
        try:
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except Exception as error:
            place = self.url.render_as_string(hide_password=True)
            said = getattr(error, "orig", None) or error
            raise unavailable(f"the database {place} cannot be used: {said}") from error

    async def ready(self) -> bool:
        """Tell whether the database answers."""
        try:
            async with asyncio.timeout(ANSWER), self.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except Exception:  # whatever the driver says, it is not ready
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


class _Ending:
    """A transaction whose COMMIT or ROLLBACK is finished even where its task is cancelled meanwhile.

    A cancelled ROLLBACK would leave the connection, and on SQLite the write lock, to be cleaned up by nobody.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def __aenter__(self) -> None:
        await self.session.begin()

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await to_the_end(self.session.rollback() if error is not None else self.session.commit())


class translated:
    """Turn a driver's failure into an AppError that tells the caller whether to retry."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None and (known := translate(error)) is not None:
            raise known from error


def translate(error: BaseException) -> AppError | None:
    """Return what a database failure means to the caller, None where it is a fault of the code."""
    if isinstance(error, StaleDataError):
        return conflict("CONCURRENT_CHANGE", "The resource was changed at the same time; read it again.")
    if isinstance(error, IntegrityError):
        return None
    if isinstance(error, DBAPIError) and _state(error) in SERIALIZATION_STATES:
        return conflict("CONCURRENT_CHANGE", "Another transaction was in the way; try again.")
    if isinstance(error, DBAPIError) and (error.connection_invalidated or _gone(error)):
        return unavailable("The database cannot be reached; try again.")
    if isinstance(error, ConnectionError | gaierror | PoolTimeout) or _raw_state(error)[:2] in ENDED:
        return unavailable("The database cannot be reached; try again.")
    return None


def _state(error: DBAPIError) -> str:
    return _raw_state(error.orig)


def _raw_state(error: object) -> str:
    """Return the SQLSTATE of a driver's own error, as it comes when connecting fails."""
    return str(getattr(error, "sqlstate", "") or "")


def _gone(error: DBAPIError) -> bool:
    locked = isinstance(error, OperationalError) and "locked" in str(error.orig)
    ended = _state(error)[:2] in ENDED
    return locked or ended or isinstance(error, InterfaceError)


def is_duplicate(error: IntegrityError) -> bool:
    """Tell whether a unique key is taken, as opposed to a missing reference or a missing value."""
    cause = (
        error.orig.__cause__ if error.orig is not None and error.orig.__cause__ is not None else error.orig
    )
    return _state(error) == "23505" or getattr(cause, "sqlite_errorname", "") in DUPLICATES


def taken() -> AppError:
    """What a hot write says that meets a taken key."""
    return already_exists("", message="A row with this key exists already.")


class _Open:
    """A lock that never waits: PostgreSQL orders writers itself."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *exc: object) -> None:
        return None


def _sqlite(url: URL) -> AsyncEngine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        async_creator=partial(connect, url.database or ""),
        pool_size=8,
    )
    event.listen(engine.sync_engine, "connect", _pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Any) -> None:
    reading = connection.get_execution_options().get("shuzheng_read")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgres(url: URL, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
    )
