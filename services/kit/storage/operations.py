"""Operations as rows: what is asked for, how far it is, and what came of it; the only SQL of long work.

The row is the truth. A worker takes an operation by one compare-and-set and proves with each write that it still
holds it, so that two of them never do the same step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import defer
from sqlmodel import Field, SQLModel

from services.kit.acts.actor import Actor
from services.kit.storage.columns import bytes_column, enum_column, json_column, utc_time
from services.kit.storage.pages import matching
from services.kit.storage.rows import Entity, paged

if TYPE_CHECKING:
    from services.kit.storage.store import Transaction

NAME = 300  # characters of a resource name
STEPS_AT_ONCE = 50
EXPIRED_AT_ONCE = 100


class OperationState(StrEnum):
    """Where an operation is in its life."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN = (OperationState.QUEUED, OperationState.RUNNING)


class Operation(Entity):
    """One piece of long work. Its name lies below the tenant that it belongs to, `resource` is what it works on.

    `subject` asked for it, with `asker` being the rest of who that was: its roles, tenant and duties.

    `result` is a serialized google.protobuf.Any, `error` a serialized google.rpc.Status. `worker` is the mark of
    whoever holds it, made anew at each take; `attempts` counts takes since the last step forward.
    """

    kind: str = Field(max_length=60)
    resource: str = Field(max_length=NAME)
    subject: str = Field(max_length=200)
    asker: dict[str, Any] = json_column()
    state: OperationState = enum_column(OperationState)
    stage: str = Field(default="", max_length=40)
    done: int = 0
    total: int = 0
    steps: int = 0
    arguments: dict[str, Any] = json_column()
    result: bytes | None = bytes_column(nullable=True)
    error: bytes | None = bytes_column(nullable=True)
    attempts: int = 0
    worker: str = Field(default="", max_length=20)
    heartbeat_time: datetime | None = utc_time(nullable=True)
    cancellable: bool = True
    cancel_requested: bool = False
    start_time: datetime | None = utc_time(nullable=True)
    end_time: datetime | None = utc_time(nullable=True)

    @property
    def actor(self) -> Actor:
        """Who acts where the job does something: whoever asked for it."""
        rights = {"roles": frozenset(self.asker["roles"]), "duties": frozenset(self.asker["duties"])}
        return Actor(self.subject, f"operation:{self.kind}", tenant=self.asker["tenant"], **rights)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in OPEN


@dataclass(frozen=True, slots=True)
class OperationTables:
    """The tables of one service's operations: their rows, the files given to them, and their steps."""

    row: type[Operation]
    inputs: Table
    steps: Table


def operation_tables(base: type[SQLModel]) -> OperationTables:
    """Return the tables in the metadata of `base`."""

    class OperationRow(Operation, base, table=True):  # type: ignore[valid-type, misc]
        """An operation of this service."""

        __tablename__ = "operations"
        __table_args__ = paged("parent", "state")

    table = OperationRow.__table__
    Index("ix_operations_state", table.c.state, table.c.create_time)
    Index("ix_operations_end_time", table.c.end_time)
    return OperationTables(OperationRow, _inputs(base), _steps(base))


def _inputs(base: type[SQLModel]) -> Table:
    return Table(
        "operation_inputs",
        base.metadata,
        _operation(),
        Column("content", LargeBinary, nullable=False),
        PrimaryKeyConstraint("operation"),
    )


def _steps(base: type[SQLModel]) -> Table:
    return Table(
        "operation_steps",
        base.metadata,
        _operation(),
        Column("number", Integer, nullable=False, autoincrement=False),
        Column("note", JSON(none_as_null=True), nullable=True),
        Column("answer", LargeBinary, nullable=True),
        PrimaryKeyConstraint("operation", "number"),
    )


def _operation() -> Column[str]:
    return Column(
        "operation", String(NAME), ForeignKey("operations.name", ondelete="CASCADE"), nullable=False
    )


@dataclass(frozen=True, slots=True)
class Hold:
    """What a worker took: the operation and the mark that proves it."""

    name: str
    worker: str


class Standing(StrEnum):
    """How a worker stands with an operation: it may go on, it should stop, or another one has it."""

    HELD = "held"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Step:
    """One step forward: how far the operation is now, what its job notes for itself, what its caller is told.

    `note` is JSON that a second worker finds again, `answer` a serialized message.
    """

    stage: str = ""
    done: int = 0
    total: int = 0
    note: Any = None
    answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How an operation ended."""

    state: OperationState
    result: bytes | None = None
    error: bytes | None = None


async def put(tx: "Transaction", operation: Operation, content: bytes | None) -> Operation:
    """Store a new operation and the file that it needs."""
    await tx.insert(operation)
    if content is not None:
        values = {"operation": operation.name, "content": content}
        await tx.execute(tx.store.operations.inputs.insert().values(values))
    return operation


def listed(tx: "Transaction", **filters: Any) -> Select[Any]:
    """Return the SELECT of the operations whose columns equal `filters`, without result and error."""
    row = tx.store.operations.row
    return matching(row, **filters).options(defer(row.result), defer(row.error))


async def waits(tx: "Transaction", kinds: Collection[str], silent_since: datetime) -> bool:
    """Tell whether there is something for a worker that knows `kinds`."""
    table = _table(tx)
    return await tx.one(select(table.c.name).where(*_waiting(table, kinds, silent_since))) is not None


async def take(
    tx: "Transaction", kinds: Collection[str], silent_since: datetime, worker: str
) -> Operation | None:
    """Take the oldest operation that is queued, or whose worker was not heard of since a moment; None for none."""
    table = _table(tx)
    waiting = _waiting(table, kinds, silent_since)
    oldest = select(table.c.name).where(*waiting).order_by(table.c.create_time, table.c.name).limit(1)
    values = {
        "state": OperationState.RUNNING,
        "worker": worker,
        "attempts": table.c.attempts + 1,
        "heartbeat_time": tx.now,
        "start_time": func.coalesce(table.c.start_time, tx.now),
        "update_time": tx.now,
    }
    chosen = oldest.with_for_update(skip_locked=True).scalar_subquery()
    taken = update(table).where(table.c.name == chosen, *waiting).values(values).returning(table.c.name)
    name = (await tx.execute(taken)).scalar_one_or_none()
    return await tx.get(tx.store.operations.row, name) if name is not None else None


def _waiting(table: Table, kinds: Collection[str], silent_since: datetime) -> tuple[Any, ...]:
    silent = and_(table.c.state == OperationState.RUNNING, table.c.heartbeat_time < silent_since)
    return table.c.kind.in_(list(kinds)), or_(table.c.state == OperationState.QUEUED, silent)


async def content(tx: "Transaction", name: str) -> bytes:
    """Return the file given to an operation; b"" where there is none."""
    inputs = tx.store.operations.inputs
    return bytes(await tx.one(select(inputs.c.content).where(inputs.c.operation == name)) or b"")


async def beat(tx: "Transaction", hold: Hold) -> Standing:
    """Say that the worker lives; returns how it stands with the operation."""
    return (await _go_on(tx, hold, {}))[0]


async def step(tx: "Transaction", hold: Hold, taken: Step) -> Standing:
    """Write a step forward in the transaction that makes it; unless HELD is returned, that has to be rolled back."""
    far = {"stage": taken.stage, "done": taken.done, "total": taken.total, "attempts": 1}
    standing, number = await _go_on(tx, hold, far | {"steps": _table(tx).c.steps + 1, "update_time": tx.now})
    if standing is Standing.HELD:
        await _insert_steps(tx, hold.name, number, [(taken.note, taken.answer)])
    return standing


async def _go_on(tx: "Transaction", hold: Hold, values: dict[str, Any]) -> tuple[Standing, int]:
    """Change a held operation; returns how the worker stands with it and the number of its last step."""
    table = _table(tx)
    changed = update(table).where(*_held(table, hold)).values(values | {"heartbeat_time": tx.now})
    row = (await tx.execute(changed.returning(table.c.cancel_requested, table.c.steps))).first()
    if row is None:
        return Standing.LOST, 0
    return Standing.CANCELLED if row.cancel_requested else Standing.HELD, row.steps


async def end(tx: "Transaction", hold: Hold, ending: Ending, answers: Sequence[bytes] = ()) -> bool:
    """End an operation, with the last answers of its job; returns whether the worker still held it."""
    values = {"state": ending.state, "result": ending.result, "error": ending.error, "worker": ""}
    if not await _change(tx, hold, **values, end_time=tx.now, update_time=tx.now):
        return False
    row = await tx.get(tx.store.operations.row, hold.name)
    await _insert_steps(tx, hold.name, row.steps + 1, [(None, answer) for answer in answers])
    await drop_input(tx, hold.name)
    return True


async def give_back(tx: "Transaction", hold: Hold) -> bool:
    """Put an operation back into the queue, as if it had not been taken."""
    attempts = _table(tx).c.attempts - 1
    return await _change(
        tx, hold, state=OperationState.QUEUED, worker="", attempts=attempts, heartbeat_time=None
    )


async def drop_input(tx: "Transaction", name: str) -> None:
    """Delete the file given to an operation."""
    inputs = tx.store.operations.inputs
    await tx.execute(delete(inputs).where(inputs.c.operation == name))


async def notes(tx: "Transaction", name: str) -> list[Any]:
    """Return what the job noted for itself, in order."""
    steps = tx.store.operations.steps
    kept = select(steps.c.note).where(steps.c.operation == name, steps.c.note.is_not(None))
    return list(await tx.all(kept.order_by(steps.c.number)))


async def answers(tx: "Transaction", name: str, after: int) -> list[tuple[int, bytes]]:
    """Return the next answers with the numbers of their steps, at most `STEPS_AT_ONCE`."""
    steps = tx.store.operations.steps
    following = (steps.c.operation == name, steps.c.number > after, steps.c.answer.is_not(None))
    found = select(steps.c.number, steps.c.answer).where(*following).order_by(steps.c.number)
    return [(number, bytes(answer)) for number, answer in await tx.execute(found.limit(STEPS_AT_ONCE))]


async def any_open(tx: "Transaction", kinds: Collection[str]) -> bool:
    """Tell whether any operation of these kinds is queued or running."""
    table = _table(tx)
    found = select(table.c.name).where(table.c.kind.in_(list(kinds)), table.c.state.in_(OPEN))
    return await tx.one(found) is not None


async def conclude(tx: "Transaction", name: str) -> None:
    """End well an operation that no worker does: whoever does it knows when that is."""
    table = _table(tx)
    ended = {
        "state": OperationState.SUCCEEDED,
        "done": table.c.total,
        "end_time": tx.now,
        "update_time": tx.now,
    }
    running = (table.c.name == name, table.c.state == OperationState.RUNNING)
    await tx.execute(update(table).where(*running).values(ended))


async def expire(tx: "Transaction", before: datetime) -> int:
    """Delete a portion of what ended before a moment; returns how many operations that were."""
    table = _table(tx)
    old = select(table.c.name).where(table.c.end_time < before).limit(EXPIRED_AT_ONCE)
    gone = await tx.execute(delete(table).where(table.c.name.in_(old.scalar_subquery())))
    return int(gone.rowcount)


async def _insert_steps(
    tx: "Transaction", name: str, first: int, told: Sequence[tuple[Any, bytes | None]]
) -> None:
    rows = [
        {"operation": name, "number": number, "note": note, "answer": answer}
        for number, (note, answer) in enumerate(told, start=first)
    ]
    if rows:
        await tx.execute(tx.store.operations.steps.insert(), rows)


async def _change(tx: "Transaction", hold: Hold, **values: Any) -> bool:
    table = _table(tx)
    return bool((await tx.execute(update(table).where(*_held(table, hold)).values(values))).rowcount)


def _held(table: Table, hold: Hold) -> tuple[Any, ...]:
    return table.c.name == hold.name, table.c.worker == hold.worker, table.c.state == OperationState.RUNNING


def _table(tx: "Transaction") -> Table:
    return tx.store.operations.row.__table__
