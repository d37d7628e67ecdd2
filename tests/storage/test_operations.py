"""Operations as rows: taken once, held by who proves it, gone when they are old."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.kit.storage import operations
from services.kit.storage.operations import Ending, Hold, OperationState, Standing, Step
from services.kit.storage.store import Store
from tests.storage.accounts import opened
from tests.support.clock import SettableClock

SILENCE = timedelta(seconds=15)


async def asked(store: Store, name: str = "accounts/a/operations/one", **columns) -> str:
    """Queue an operation with a file."""
    values = {"kind": "count", "resource": "accounts/a", "subject": "somebody", "state": "QUEUED"}
    async with store.write() as tx:
        row = store.operations.row(name=name, parent="accounts/a", **values | columns)
        await operations.put(tx, row, b"content")
    return name


async def take(store: Store, worker: str = "w") -> str | None:
    """Take what waits; returns its name."""
    async with store.write() as tx:
        found = await operations.take(tx, ["count"], tx.now - SILENCE, worker)
        return found.name if found is not None else None


async def row_of(store: Store, name: str):
    async with store.read() as tx:
        return await tx.get(store.operations.row, name)


async def rows(store: Store, table) -> int:
    async with store.read() as tx:
        return (await tx.execute(select(func.count()).select_from(table))).scalar_one()


async def test_the_oldest_is_taken_first_and_once(store: Store, clock: SettableClock):
    second = await asked(store, "accounts/a/operations/b")
    clock.advance(seconds=-1)
    first = await asked(store, "accounts/a/operations/z")
    assert [await take(store) for _ in range(3)] == [first, second, None]
    assert (await row_of(store, first)).attempts == 1


async def test_many_workers_that_come_together_take_each_operation_once(store: Store):
    names = {await asked(store, f"accounts/a/operations/{number}") for number in range(6)}
    url = store.database.url.render_as_string(hide_password=False)

    async def worker(number: int) -> list[str]:
        found = []
        async with opened(url, store.clock) as own:
            while (name := await take(own, f"w{number}")) is not None:
                found.append(name)
                await asyncio.sleep(0)
        return found

    taken = [name for some in await asyncio.gather(*map(worker, range(4))) for name in some]
    assert sorted(taken) == sorted(names)


async def test_a_kind_that_nobody_knows_waits(store: Store):
    await asked(store, kind="another")
    assert await take(store) is None


async def test_a_silent_worker_loses_its_operation_and_a_living_one_does_not(
    store: Store, clock: SettableClock
):
    name = await asked(store)
    await take(store, "dead")
    clock.advance(seconds=14)
    assert await take(store, "next") is None
    clock.advance(seconds=2)
    assert await take(store, "next") == name
    assert (await row_of(store, name)).attempts == 2


async def test_a_sign_of_life_keeps_it(store: Store, clock: SettableClock):
    name = await asked(store)
    await take(store, "alive")
    clock.advance(seconds=14)
    async with store.write() as tx:
        assert await operations.beat(tx, Hold(name, "alive")) is Standing.HELD
    clock.advance(seconds=14)
    assert await take(store, "next") is None


async def test_who_has_lost_it_writes_nothing_more(store: Store, clock: SettableClock):
    name = await asked(store)
    await take(store, "dead")
    clock.advance(seconds=16)
    await take(store, "next")
    dead, ending = Hold(name, "dead"), Ending(OperationState.SUCCEEDED)
    async with store.write() as tx:
        assert await operations.step(tx, dead, Step(done=1)) is Standing.LOST
        assert await operations.beat(tx, dead) is Standing.LOST
        assert not await operations.end(tx, dead, ending)
        assert not await operations.give_back(tx, dead)
        assert await operations.step(tx, Hold(name, "next"), Step(done=1)) is Standing.HELD
    assert await rows(store, store.operations.steps) == 1


async def test_steps_keep_notes_and_answers_in_order(store: Store):
    name = await asked(store)
    await take(store)
    hold = Hold(name, "w")
    async with store.write() as tx:
        for number in range(3):
            await operations.step(tx, hold, Step("stage", number, 3, {"n": number}, b"%d" % number))
        await operations.step(tx, hold, Step("stage", 3, 3))
        await operations.end(tx, hold, Ending(OperationState.SUCCEEDED, result=b"r"), [b"last"])
    async with store.read() as tx:
        assert await operations.notes(tx, name) == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert await operations.answers(tx, name, 0) == [(1, b"0"), (2, b"1"), (3, b"2"), (5, b"last")]
        assert await operations.answers(tx, name, 3) == [(5, b"last")]
    row = await row_of(store, name)
    assert (row.state, row.done, row.total, row.result, row.worker) == ("SUCCEEDED", 3, 3, b"r", "")
    assert await rows(store, store.operations.inputs) == 0, "the file outlives its operation"


async def test_a_step_forward_forgets_how_many_workers_died_before(store: Store, clock: SettableClock):
    name = await asked(store)
    for worker in ("a", "b", "c"):
        await take(store, worker)
        clock.advance(seconds=16)
    async with store.write() as tx:
        await operations.step(tx, Hold(name, "c"), Step(done=1))
    assert (await row_of(store, name)).attempts == 1


async def test_what_is_given_back_counts_as_not_taken(store: Store):
    name = await asked(store)
    await take(store)
    async with store.write() as tx:
        assert await operations.give_back(tx, Hold(name, "w"))
    row = await row_of(store, name)
    assert (row.state, row.attempts, row.worker) == ("QUEUED", 0, "")
    assert await take(store) == name


@pytest.mark.parametrize("state", ["SUCCEEDED", "FAILED", "CANCELLED"])
async def test_only_what_ended_long_ago_is_deleted_with_all_that_belongs_to_it(
    store: Store, clock: SettableClock, state: str
):
    old = clock.now()
    await asked(store, "accounts/a/operations/old", state=state, end_time=old)
    clock.advance(days=1)
    await asked(store, "accounts/a/operations/new", state=state, end_time=clock.now())
    await asked(store, "accounts/a/operations/open")
    async with store.write() as tx:
        assert await operations.expire(tx, old) == 0
        assert await operations.expire(tx, clock.now()) == 1
    assert await rows(store, store.operations.row) == 2
    assert await rows(store, store.operations.inputs) == 2


async def test_expiry_goes_in_portions(store: Store, clock: SettableClock, monkeypatch):
    monkeypatch.setattr(operations, "EXPIRED_AT_ONCE", 2)
    for number in range(5):
        await asked(store, f"accounts/a/operations/{number}", state="FAILED", end_time=clock.now())
    clock.advance(days=1)
    gone = []
    for _ in range(4):
        async with store.write() as tx:
            gone.append(await operations.expire(tx, clock.now()))
    assert gone == [2, 2, 1, 0]
