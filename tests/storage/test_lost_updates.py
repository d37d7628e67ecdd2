"""Sixty callers add one to the same account at once: none of it may be lost, and without the guards it is."""

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from services.kit.errors import AppError
from services.kit.storage.store import Store
from tests.storage.accounts import AccountRow, account, opened

CALLERS = 60
NAME = "accounts/one"


async def balance(store: Store) -> int:
    async with store.read() as tx:
        return (await tx.get(AccountRow, NAME)).balance


async def test_sixty_locked_increments_all_count(store: Store):
    async with store.write() as tx:
        await tx.insert(account("one"))

    async def add() -> None:
        async with store.write() as tx:
            row = await tx.lock(AccountRow, NAME)
            read = row.balance
            await asyncio.sleep(0)
            row.balance = read + 1
            await tx.save(row)

    await asyncio.gather(*(add() for _ in range(CALLERS)))
    assert await balance(store) == CALLERS


async def test_who_forgets_the_lock_loses_nothing_silently(store: Store):
    async with store.write() as tx:
        await tx.insert(account("one"))
    refused = 0

    async def add() -> None:
        nonlocal refused
        try:
            async with store.write() as tx:
                row = await tx.get(AccountRow, NAME)
                await asyncio.sleep(0)
                row.balance += 1
                await tx.save(row)
        except AppError as error:
            assert error.reason == "CONCURRENT_CHANGE"
            refused += 1

    await asyncio.gather(*(add() for _ in range(CALLERS)))
    assert await balance(store) == CALLERS - refused
    assert (refused == 0) is store.database.is_sqlite, (
        "PostgreSQL lets them meet, the compare-and-set refuses"
    )


async def naive_increment(engine: AsyncEngine) -> None:
    """Read, add one and write, as one writes it without knowing better."""
    async with AsyncSession(engine) as session, session.begin():
        read = (await session.execute(select(AccountRow.balance).where(AccountRow.name == NAME))).scalar_one()
        await session.execute(update(AccountRow).where(AccountRow.name == NAME).values(balance=read + 1))


@pytest.fixture
async def naive_engine(store: Store):
    """The engine as SQLAlchemy gives it, without the kit's settings."""
    url = make_url(store.database.url)
    driver = "sqlite+aiosqlite" if store.database.is_sqlite else "postgresql+asyncpg"
    engine = create_async_engine(url.set(drivername=driver), pool_size=30, max_overflow=30)
    yield engine
    await engine.dispose()


async def test_without_the_guards_increments_are_lost(store: Store, naive_engine: AsyncEngine):
    async with store.write() as tx:
        await tx.insert(account("one"))
    outcomes = await asyncio.gather(
        *(naive_increment(naive_engine) for _ in range(CALLERS)), return_exceptions=True
    )
    acknowledged = sum(outcome is None for outcome in outcomes)
    assert await balance(store) < acknowledged, "the anomaly that the guards are for"


async def test_two_processes_that_share_one_database_lose_nothing_either(store: Store):
    async with store.write() as tx:
        await tx.insert(account("one"))

    async def add(own: Store) -> None:
        async with own.write() as tx:
            row = await tx.lock(AccountRow, NAME)
            row.balance += 1
            await tx.save(row)

    async with opened(store.database.url.render_as_string(hide_password=False)) as other:
        await asyncio.gather(*(add(own) for _ in range(20) for own in (store, other)))
    assert await balance(store) == 40
