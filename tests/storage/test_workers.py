"""Workers: whatever happens to them, every step of a job is taken once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from google.protobuf.wrappers_pb2 import Int32Value
from google.rpc import code_pb2, status_pb2
from sqlalchemy import select

from services.kit.acts.actor import Actor, acting
from services.kit.clock import SystemClock
from services.kit.errors import AppError, invalid, unavailable
from services.kit.events.connection import Connection
from services.kit.storage.operations import Operation, OperationState
from services.kit.storage.store import Store
from services.kit.work import worker as workers
from services.kit.work.job import Job, Outcome, Run
from services.kit.work.operations import Asked, Operations
from services.kit.work.wakening import Wakening
from services.kit.work.worker import Worker
from tests.storage.accounts import AccountRow, account, opened
from tests.support.acts import acts_of
from tests.support.nats import NO_BROKER

STEPS = 12
EVERY = list(range(1, STEPS + 1))
SILENCE = timedelta(seconds=0.5)
ASKED = Asked("count", "accounts/a", "accounts/a", "somebody", {"steps": STEPS}, b"file")
Jobs = Callable[[Run], Awaitable[Outcome]]


async def count(run: Run) -> Outcome:
    """Insert one account a step."""
    done = max(await run.notes(), default=0)
    for number in range(done + 1, run.arguments["steps"] + 1):
        async with run.store.write() as tx:
            await tx.insert(account(f"n{number}", balance=number))
            await run.step(tx, number, STEPS, note=number, answer=Int32Value(value=number))
        await asyncio.sleep(0.02)
    return Outcome(Int32Value(value=STEPS), [Int32Value(value=-1)])


class Desk:
    """Where tests ask, and what they see."""

    def __init__(self, store: Store):
        self.store = store
        self.wakening = Wakening("accounts", Connection(NO_BROKER, "test"))
        self.operations = Operations(store, "accounts", self.wakening, 0, timedelta(days=7))

    async def ask(self) -> str:
        return (await self.operations.ask(ASKED)).name

    async def ended(self, name: str, seconds: float = 20) -> Operation:
        async with asyncio.timeout(seconds):
            async for row in self.operations.watch(name):
                last = row
        return last

    async def reaches(self, name: str, done: int) -> None:
        async with asyncio.timeout(20):
            while (await self.operations.get(name)).done < done:
                await asyncio.sleep(0.005)

    async def answers(self, name: str) -> list[int]:
        return [Int32Value.FromString(a).value async for a in self.operations.answers(name, "count")]

    async def accounts(self) -> list[int]:
        """Return the numbers of the steps that were taken."""
        async with self.store.read() as tx:
            return sorted(await tx.all(select(AccountRow.balance)))


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    """Asks on a store whose clock runs."""
    store.clock = SystemClock()
    yield Desk(store)


@asynccontextmanager
async def working(desk: Desk, job: Jobs = count) -> AsyncIterator[asyncio.Task]:
    """Run a worker with a connection of its own to the database, as another process would."""
    url = desk.store.database.url.render_as_string(hide_password=False)
    async with opened(url, SystemClock()) as own:  # type: ignore[arg-type]
        worker = Worker(own, [Job("count", job)], desk.wakening, SILENCE)
        task = asyncio.ensure_future(worker.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])


async def test_a_job_is_done_and_told(desk: Desk):
    name = await desk.ask()
    async with working(desk):
        row = await desk.ended(name)
    assert (row.state, row.done, row.total) == ("SUCCEEDED", STEPS, STEPS)
    assert await desk.answers(name) == [*EVERY, -1]
    assert await desk.accounts() == EVERY
    assert name.startswith("accounts/a/operations/accounts-")


async def test_answers_come_while_the_job_runs(desk: Desk):
    name = await desk.ask()
    async with working(desk):
        stream = desk.operations.answers(name, "count")
        first = await anext(stream)
        assert (await desk.operations.get(name)).state is OperationState.RUNNING
        assert Int32Value.FromString(first).value == 1
        assert len([answer async for answer in stream]) == STEPS


async def test_a_job_acts_for_who_asked(desk: Desk):
    actor = Actor("somebody", "/Ask", frozenset({"body"}), "bodies/a", frozenset({"author"}), "id", b"print")
    async with working(desk):
        with acting(actor):
            name = await desk.ask()
        await desk.ended(name)
    (act,) = await acts_of(desk.store, "accounts/n1")
    assert (act.subject, act.method, act.request_id) == ("somebody", "operation:count", None)
    assert (act.roles, act.tenant, act.duties) == (["body"], "bodies/a", ["author"])


async def test_two_workers_do_one_job_once(desk: Desk):
    names = [await desk.ask()]
    async with working(desk), working(desk):
        await desk.ended(names[0])
    assert await desk.accounts() == EVERY


async def test_a_worker_that_stops_gives_its_job_to_the_next_one_at_once(desk: Desk):
    name = await desk.ask()
    async with working(desk):
        await desk.reaches(name, 3)
    row = await desk.operations.get(name)
    assert row.state is OperationState.QUEUED and 0 < row.done < STEPS
    async with working(desk):
        await desk.ended(name)
    assert await desk.accounts() == EVERY
    assert await desk.answers(name) == [*EVERY, -1]


async def test_a_worker_that_falls_silent_is_followed_and_hurts_nobody_when_it_wakes(desk: Desk, monkeypatch):
    """Its beats fail and its job hangs in the middle of a step, until another worker has done everything."""
    name, hangs, go_on = await desk.ask(), asyncio.Event(), asyncio.Event()

    async def hang(run: Run) -> Outcome:
        hangs.set()
        await go_on.wait()
        return await count(run)

    async with working(desk, hang):
        await hangs.wait()
        monkeypatch.setattr(workers.Worker, "_beat", lambda *_: asyncio.sleep(1000))
        async with desk.store.write() as tx:  # as if it had not been heard of for long
            table = desk.store.operations.row.__table__
            long_ago = tx.now - timedelta(hours=1)
            await tx.execute(table.update().values(heartbeat_time=long_ago))
        async with working(desk):
            await desk.ended(name)
            go_on.set()
            await asyncio.sleep(0.3)
    assert await desk.accounts() == EVERY
    assert await desk.answers(name) == [*EVERY, -1]


async def test_a_long_job_is_not_taken_from_a_worker_that_lives(desk: Desk):
    name, runs = await desk.ask(), []

    async def long(run: Run) -> Outcome:
        runs.append(run.hold.worker)
        await asyncio.sleep(SILENCE.total_seconds() * 4)
        return await count(run)

    async with working(desk, long), working(desk, long):
        await desk.ended(name)
    assert len(runs) == 1


async def test_a_job_is_cancelled_in_the_middle(desk: Desk):
    name = await desk.ask()
    async with working(desk):
        await desk.reaches(name, 3)
        assert (await desk.operations.cancel(name)).cancel_requested
        row = await desk.ended(name)
    assert row.state is OperationState.CANCELLED
    assert row.error is not None and status_pb2.Status.FromString(row.error).code == code_pb2.CANCELLED
    done = await desk.accounts()
    assert 3 <= len(done) < STEPS and done == list(range(1, len(done) + 1)), "what was done stays"
    with pytest.raises(AppError) as refusal:
        await desk.answers(name)
    assert refusal.value.reason == "OPERATION_CANCELLED"
    assert f"at {len(done)} of {STEPS}" in refusal.value.message
    assert (await desk.operations.cancel(name)).state is OperationState.CANCELLED, "a repeat is harmless"


async def test_a_job_that_takes_no_step_is_cancelled_too(desk: Desk):
    name, began = await desk.ask(), asyncio.Event()

    async def stuck(run: Run) -> Outcome:
        began.set()
        await asyncio.sleep(1000)
        raise AssertionError("never")

    async with working(desk, stuck):
        await began.wait()
        await desk.operations.cancel(name)
        assert (await desk.ended(name)).state is OperationState.CANCELLED


async def test_what_nobody_has_begun_is_cancelled_at_once(desk: Desk):
    name = await desk.ask()
    assert (await desk.operations.cancel(name)).state is OperationState.CANCELLED
    async with working(desk):
        await asyncio.sleep(0.2)
    assert await desk.accounts() == []


async def test_a_refusal_of_the_job_reaches_who_asked(desk: Desk):
    name = await desk.ask()

    async def refuse(run: Run) -> Outcome:
        raise invalid("UNREADABLE_FILE", "The file cannot be read: line 3.", line="3")

    async with working(desk, refuse):
        assert (await desk.ended(name)).state is OperationState.FAILED
    with pytest.raises(AppError) as refusal:
        await desk.answers(name)
    error = refusal.value
    assert (error.kind, error.reason, error.message) == (
        "invalid", "UNREADABLE_FILE", "The file cannot be read: line 3.",
    )  # fmt: skip
    assert error.metadata["line"] == "3"


async def test_a_fault_of_the_code_fails_without_its_text(desk: Desk):
    name = await desk.ask()

    async def fault(run: Run) -> Outcome:
        raise ZeroDivisionError("a secret")

    async with working(desk, fault):
        row = await desk.ended(name)
    assert row.state is OperationState.FAILED and b"secret" not in (row.error or b"")
    with pytest.raises(RuntimeError, match="Internal fault"):
        await desk.answers(name)


async def test_an_outage_only_delays(desk: Desk, monkeypatch):
    monkeypatch.setattr(workers, "PAUSES", (0.01,))
    name, tries = await desk.ask(), []

    async def flaky(run: Run) -> Outcome:
        tries.append(len(await run.notes()))
        if len(tries) < 20:
            raise unavailable("The database cannot be reached; try again.")
        return await count(run)

    async with working(desk, flaky):
        assert (await desk.ended(name)).state is OperationState.SUCCEEDED
    assert len(tries) == 20


async def test_what_every_worker_dies_of_is_given_up(desk: Desk, monkeypatch):
    name, begun = await desk.ask(), []

    async def deadly(run: Run) -> Outcome:
        begun.append(run.hold.worker)
        await asyncio.sleep(1000)
        raise AssertionError("never")

    async def dies(*_: object) -> None:
        """Leaves without a word, as a killed process does."""

    monkeypatch.setattr(workers.Worker, "_leave", dies)
    for died in range(1, workers.MOST_ATTEMPTS + 1):
        async with working(desk, deadly):
            while len(begun) < died:
                await asyncio.sleep(0.01)
        await asyncio.sleep(SILENCE.total_seconds() * 1.1)
    async with working(desk, deadly):
        row = await desk.ended(name)
    assert len(begun) == workers.MOST_ATTEMPTS
    assert row.state is OperationState.FAILED
    with pytest.raises(AppError) as refusal:
        await desk.answers(name)
    assert refusal.value.reason == "OPERATION_ABANDONED"


async def test_a_busy_database_delays_and_fails_nothing(desk: Desk):
    """On SQLite somebody else holds the write lock for longer than a statement waits for it."""
    if not desk.store.database.is_sqlite:
        pytest.skip("PostgreSQL has no such lock")
    name, path = await desk.ask(), str(desk.store.database.url.database)
    async with working(desk):
        await desk.reaches(name, 2)
        blocker = sqlite3.connect(path, isolation_level=None, timeout=10)
        blocker.execute("BEGIN IMMEDIATE")
        began = (await desk.operations.get(name)).done
        await asyncio.sleep(6.5)
        assert (await desk.operations.get(name)).done == began < STEPS, "the lock kept nobody out"
        blocker.execute("ROLLBACK")
        blocker.close()
        assert (await desk.ended(name)).state is OperationState.SUCCEEDED
    assert await desk.accounts() == EVERY


async def test_a_worker_is_woken_and_need_not_look(desk: Desk, monkeypatch):
    monkeypatch.setattr(workers, "POLL", 1000)
    async with working(desk):
        await asyncio.sleep(0.2)
        await desk.ended(await desk.ask(), seconds=10)


async def test_a_worker_looks_by_itself_where_nobody_wakes_it(desk: Desk):
    async with working(desk):
        await asyncio.sleep(0.2)
        desk.wakening.callbacks.clear()
        await desk.ended(await desk.ask(), seconds=10)


async def test_an_operation_that_cannot_be_cancelled_is_refused(desk: Desk):
    async with desk.store.write() as tx:
        row = await desk.operations.put(tx, ASKED, state=OperationState.RUNNING, cancellable=False)
    with pytest.raises(AppError) as refusal:
        await desk.operations.cancel(row.name)
    assert refusal.value.reason == "NOT_CANCELLABLE"


async def test_old_operations_are_cleaned_away(desk: Desk):
    name = await desk.ask()
    async with working(desk):
        await desk.ended(name)
    assert await desk.operations.expire() == 0
    desk.operations.retention = timedelta(0)
    cleaning = asyncio.ensure_future(desk.operations.keep_clean())
    with suppress(AppError):
        while await desk.operations.get(name):
            await asyncio.sleep(0.05)
    cleaning.cancel()
    assert await desk.operations.expire() == 0
