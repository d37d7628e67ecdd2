"""Hot statements on PostgreSQL: a pool of driver connections that keep their prepared statements."""

import json
from typing import Any

import asyncpg

from services.kit.errors import unavailable
from services.kit.storage.compiled import Compiled, Unit
from services.kit.storage.database import Database, taken

LOST = (
    OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
)  # fmt: skip


class PostgresDriver:
    """A pool whose connections keep their prepared statements; nothing needs a reset between calls."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect; the schema must be there."""
        url = self.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        size = self.database.pool_size
        self.pool = await asyncpg.create_pool(
            url, min_size=min(2, size), max_size=size * 2, init=_json, reset=_keep, statement_cache_size=256
        )

    async def read(self, compiled: Compiled, arguments: list[Any], *, single: bool = False) -> list[Any]:
        """Run a SELECT; only its first row where `single`."""
        async with self._connection() as connection:
            if single:
                row = await connection.fetchrow(compiled.sql, *arguments)
                return [row] if row is not None else []
            return list(await connection.fetch(compiled.sql, *arguments))

    async def submit(self, unit: Unit) -> list[Any]:
        """Run a unit; done when it is on disk."""
        async with self._connection() as connection:
            if len(unit) == 1:
                return [await _run(connection, *unit[0])]
            async with connection.transaction():
                return [await _run(connection, compiled, arguments) for compiled, arguments in unit]

    def _connection(self) -> "_Lease":
        assert self.pool is not None, "HotPath.open() was not called"
        return _Lease(self.pool)

    async def close(self) -> None:
        """Finish what was accepted, then disconnect."""
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
        except (*LOST, asyncpg.PostgresError) as error:
            raise unavailable("The database cannot be reached; try again.") from error
        return self.connection

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await self.pool.release(self.connection)
        if isinstance(error, asyncpg.UniqueViolationError):
            raise taken() from error
        if isinstance(error, LOST):
            raise unavailable("The database cannot be reached; try again.") from error


async def _json(connection: Any) -> None:
    """Read JSON columns as Python values, as a session does."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=str, decoder=json.loads, schema="pg_catalog")


async def _keep(connection: Any) -> None:
    """Leave the session as it is: hot statements change no setting."""


async def _run(connection: Any, compiled: Compiled, arguments: list[Any]) -> Any:
    if compiled.returns:
        return [compiled.row(row) for row in await connection.fetch(compiled.sql, *arguments)]
    status: str = await connection.execute(compiled.sql, *arguments)
    return int(status.rsplit(" ", 1)[-1])
