"""Transactions of a use case: fetch, lock, save by compare-and-set, page, record facts, and note who changed what.

A fact goes into the outbox in the same transaction as the change it tells of; the relay is nudged after COMMIT. So
does the act: what the rows of a transaction were changed by is written with them, whoever opened it.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from sqlalchemy import Executable, MetaData, Result, Select, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, registry

from services.kit.acts.act import Act
from services.kit.clock import Clock
from services.kit.errors import already_exists, conflict, not_found
from services.kit.storage import acts
from services.kit.storage.database import Database, is_duplicate
from services.kit.storage.machinery import Machinery
from services.kit.storage.pages import Page, read_token, size_of, write_token
from services.kit.storage.rows import Entity
from services.kit.storage.watched import ACT

if TYPE_CHECKING:
    from services.kit.storage.operations import OperationTables

E = TypeVar("E", bound=Entity)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A fact as it travels: `type` is its subject, `payload` the serialized message."""

    type: str
    aggregate: str
    payload: bytes


class Transaction:
    """One open transaction; `now` is the same moment for all of it."""

    def __init__(self, session: AsyncSession, store: "Store") -> None:
        self.session = session
        self.store = store
        self.now: datetime = store.clock.now()
        self.facts: list[dict[str, Any]] = []
        self.acts: list[tuple[dict[str, Any], Sequence[str]]] = []
        self.act = Act()
        self.callbacks: list[Callable[[], None]] = []

    @property
    def act(self) -> Act:
        """The act under way; a use case says its `reason`."""
        return self._act

    @act.setter
    def act(self, act: Act) -> None:
        self._act = self.session.sync_session.info[ACT] = act

    async def find(self, row: type[E], name: str) -> E | None:
        """Return the row of that name, or None."""
        return await self.session.get(row, name)

    async def get(self, row: type[E], name: str) -> E:
        """Return the row of that name; raises NOT_FOUND."""
        found = await self.find(row, name)
        if found is None:
            raise not_found(name)
        return found

    async def lock(self, row: type[E], name: str, etag: str = "") -> E:
        """Return the row locked until COMMIT; raises NOT_FOUND, and STALE_ETAG where `etag` is not current."""
        found = await self.session.get(row, name, with_for_update=True, populate_existing=True)
        if found is None:
            raise not_found(name)
        if etag and etag != found.etag:
            message = f"{name} has changed since you read it (etag is {found.etag}); read it again."
            raise conflict("STALE_ETAG", message, name=name, etag=found.etag)
        return found

    async def insert(self, row: E) -> E:
        """Store a new row; raises ALREADY_EXISTS where its name, or a unique key of it, is taken."""
        row.create_time = row.update_time = self.now
        try:
            async with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
            raise already_exists(row.name) from None
        return row

    async def save(self, row: E) -> E:
        """Write a changed row; raises CONCURRENT_CHANGE where somebody else changed it first."""
        row.update_time = self.now
        self.session.add(row)
        await self.session.flush()
        return row

    async def insert_all(self, rows: Iterable[Entity]) -> None:
        """Store new rows in one flush; the caller knows that their names and unique keys are free."""
        new = list(rows)
        for row in new:
            row.create_time = row.update_time = self.now
        self.session.add_all(new)
        await self.session.flush()

    async def save_all(self, rows: Iterable[Entity]) -> None:
        """Write changed rows in one flush; raises CONCURRENT_CHANGE where somebody else changed one first."""
        changed = list(rows)
        for row in changed:
            row.update_time = self.now
        self.session.add_all(changed)
        await self.session.flush()

    async def delete(self, row: E) -> None:
        """Remove a row."""
        await self.session.delete(row)
        await self.session.flush()

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        """Run a statement in this transaction."""
        return await self.session.execute(statement, parameters)

    async def all(self, statement: Select[R, *tuple[Any, ...]]) -> Sequence[R]:
        """Return the rows (or single columns) of a SELECT."""
        return (await self.session.execute(statement)).scalars().all()

    async def one(self, statement: Select[R, *tuple[Any, ...]]) -> R | None:
        """Return the first row (or single column) of a SELECT, or None."""
        return (await self.session.execute(statement.limit(1))).scalars().first()

    async def page(self, statement: Select[Any], row: type[E], size: int, token: str) -> Page[E]:
        """Return one page of `statement` in the order of names; raises INVALID_PAGE_TOKEN."""
        count = size_of(size)
        wanted = statement.where(row.name > read_token(statement, token)) if token else statement
        rows = list(await self.all(wanted.order_by(row.name).limit(count + 1)))
        more = len(rows) > count
        return Page(rows[:count], write_token(statement, rows[count - 1].name) if more else "")

    async def bulk_insert(self, row: type[Any], values: list[dict[str, Any]]) -> int:
        """Insert many rows at once; returns how many those are."""
        if values:
            await self.session.execute(inspect(row).local_table.insert(), values)
        return len(values)

    def upsert(self, table: Any) -> Any:
        """Return an INSERT of this engine that knows ON CONFLICT."""
        return insert_for(self.store.database, table)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Open a nested unit: `async with tx.savepoint():` is rolled back alone on an error."""
        before = self.act.copy()
        try:
            async with self.session.begin_nested():
                yield
        except BaseException:
            self.act = before
            raise

    def record(self, fact: object) -> None:
        """Put a domain fact into the outbox; it is published after COMMIT."""
        encoded = self.store.encode(fact)
        self.facts.append(
            {
                "id": str(uuid4()),
                "aggregate_type": encoded.aggregate.rsplit("/", 2)[-2] if "/" in encoded.aggregate else "",
                "aggregate_id": encoded.aggregate,
                "type": encoded.type,
                "payload": encoded.payload,
                "occurred_at": self.now,
                "traceparent": self.store.traceparent(),
            }
        )

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once after COMMIT, to wake whoever carries on; not called on a rollback."""
        if callback not in self.callbacks:
            self.callbacks.append(callback)

    async def end_act(
        self, method: str = "", result: acts.Result = acts.NOTHING, *, repeatable: bool = False
    ) -> None:
        """Close the act under way and begin the next; a `repeatable` one answers a repeat of its request."""
        await self.session.flush()
        self._close_act(method, result, repeatable)

    def _close_act(
        self, method: str = "", result: acts.Result = acts.NOTHING, repeatable: bool = False
    ) -> None:
        actor = acts.actor_of(self.store.service, method)
        row = acts.columns(self, self.act, actor, result, repeatable=repeatable)
        self.acts.append((row, list(self.act.names)))
        self.act = Act()

    async def finish(self) -> None:
        """Write what comes last: the acts, with one for what was changed outside any, and the facts."""
        await self.session.run_sync(self._finish)  # at once, because each step into SQLAlchemy has its price

    def _finish(self, session: Session) -> None:
        session.flush()
        if self.act.names:
            self._close_act()
        connection = session.connection()
        if self.acts:
            acts.write(connection, self.store.act_statements, self.acts)
        if self.facts:
            connection.execute(self.store.insert_facts, self.facts)


def insert_for(database: Database, table: Any) -> Any:
    """Return an INSERT with ON CONFLICT for the engine of `database`."""
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)


def no_facts(fact: object) -> Encoded:
    """Encoder of a service that publishes nothing."""
    raise LookupError(f"{type(fact).__name__} has no entry in events/published.py")


class Store:
    """Opens transactions on one service's database; `metadata` is that of the service's `row_base`.

    `encode` turns a domain fact into its message; `on_commit` are called after a COMMIT that recorded facts.
    """

    def __init__(
        self,
        database: Database,
        metadata: MetaData,
        clock: Clock,
        encode: Callable[[object], Encoded] = no_facts,
        traceparent: Callable[[], str] = str,
    ) -> None:
        self.database = database
        self.tables: Machinery = metadata.info["machinery"]
        self.act_statements = acts.Statements(self.tables)
        self.insert_facts = self.tables.outbox.insert()
        self.rows: registry = metadata.info["rows"]
        self.service: str = metadata.info["service"]
        self.operations: OperationTables = metadata.info["operations"]
        self.clock = clock
        self.encode = encode
        self.traceparent = traceparent
        self.on_commit: list[Callable[[], None]] = []

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open a write transaction; commits at the end of the block, rolls back on any error."""
        async with self.database.session(write=True) as session:
            tx = Transaction(session, self)
            yield tx
            await tx.finish()
        if tx.facts:
            self.nudge()
        for callback in tx.callbacks:
            callback()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open a read transaction: one consistent snapshot on SQLite, read committed on PostgreSQL."""
        async with self.database.session(write=False) as session:
            yield Transaction(session, self)

    def nudge(self) -> None:
        """Tell the relay that facts are waiting."""
        for callback in self.on_commit:
            callback()
