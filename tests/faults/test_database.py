"""PostgreSQL disappears in the middle of work: callers are told to retry, and nothing is half done."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, insert, select

from services.kit.errors import AppError, Kind
from services.kit.storage.database import Database
from services.kit.storage.hot import HotPath
from services.kit.storage.store import Store
from tests.storage.accounts import AccountRow, Base, account, encode, make_tables
from tests.support import postgres
from tests.support.clock import SettableClock

pytestmark = pytest.mark.postgres
COLUMNS = ("name", "parent", "version", "create_time", "update_time", "balance")


@pytest.fixture
def server() -> Iterator[postgres.PostgresServer]:
    """A server of this test alone, which keeps what it acknowledged."""
    with postgres.running(fsync=True) as started:
        yield started


async def opened(server: postgres.PostgresServer) -> Store:
    database = Database(server.url(server.new_database()))
    await make_tables(database)
    return Store(database, Base.metadata, SettableClock(), encode)


async def names(store: Store) -> set[str]:
    async with store.read() as tx:
        return set(await tx.all(select(AccountRow.name)))


async def test_a_crash_in_a_transaction_undoes_it_and_the_service_recovers(server):
    store = await opened(server)
    path = HotPath(store.database)
    await path.open()
    async with store.write() as tx:
        await tx.insert(account("kept"))
    with pytest.raises(AppError) as lost:
        async with store.write() as tx:
            await tx.insert(account("lost"))
            server.crash()
            await tx.insert(account("never"))
    assert lost.value.kind is Kind.UNAVAILABLE

    assert not await store.database.ready()
    with pytest.raises(AppError) as refused:
        await names(store)
    assert refused.value.kind is Kind.UNAVAILABLE
    with pytest.raises(AppError) as refused:
        await path.query(select(AccountRow.name)).all()
    assert refused.value.kind is Kind.UNAVAILABLE

    server.start()
    assert await store.database.ready()
    assert await names(store) == {"accounts/kept"}
    assert await path.query(select(AccountRow.name)).all() == [("accounts/kept",)]
    await path.close()
    await store.database.close()


async def test_what_was_acknowledged_before_the_crash_is_there_after_it(server):
    store = await opened(server)
    path = HotPath(store.database)
    await path.open()
    write = path.write(insert(AccountRow.__table__).values({name: bindparam(name) for name in COLUMNS}))
    acknowledged: set[str] = set()
    enough = asyncio.Event()
    now = store.clock.now()

    async def caller(first: int) -> None:
        for number in range(first, 100_000, 8):
            name = f"accounts/{number}"
            values = {"name": name, "parent": "", "version": 1, "create_time": now, "update_time": now}
            await write(values | {"balance": 1})
            acknowledged.add(name)
            if len(acknowledged) > 200:
                enough.set()

    callers = [asyncio.create_task(caller(n)) for n in range(8)]
    await enough.wait()
    server.crash()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert {getattr(outcome, "kind", outcome) for outcome in outcomes} == {Kind.UNAVAILABLE}
    server.start()
    assert acknowledged <= await names(store)
    await path.close()
    await store.database.close()


async def test_a_server_that_shuts_down_or_starts_up_is_only_unavailable(server):
    store = await opened(server)
    server.stop()
    with pytest.raises(AppError) as refused:
        await names(store)
    assert refused.value.kind is Kind.UNAVAILABLE
    server.start()
    assert await names(store) == set()
    await store.database.close()
