"""SQLite statements take one step of the connection's thread each, and say what a cursor says."""

import asyncio

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.kit.storage.database import Database


@pytest.fixture
async def database(tmp_path):
    found = Database(f"sqlite:///{tmp_path / 'hop.db'}")
    yield found
    await found.close()


async def test_begin_statement_and_commit_are_three_steps(database, monkeypatch):
    steps = []
    whole = aiosqlite.Connection._execute

    async def counted(self, function, *args, **kwargs):
        steps.append(function)
        return await whole(self, function, *args, **kwargs)

    async with database.session(write=False) as session:
        await session.execute(text("SELECT 1"))  # opens the connection
    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with database.session(write=False) as session:
        assert (await session.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all() == [1, 2]
    assert len(steps) == 3, steps


async def test_a_transaction_that_begins_after_its_task_was_cancelled_is_rolled_back(database):
    async with database.session(write=True) as session:
        await session.execute(text("CREATE TABLE t (word TEXT)"))
    for steps in range(12):
        task = asyncio.create_task(insert_one(database))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(2), database.session(write=True) as session:
            await session.execute(text("DELETE FROM t"))


async def insert_one(database):
    async with database.session(write=True) as session:
        await session.execute(text("INSERT INTO t VALUES ('甲')"))


async def test_rows_counts_and_keys_are_those_of_the_driver(database):
    async with database.session(write=True) as session:
        await session.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT UNIQUE)"))
        insert = text("INSERT INTO t (word) VALUES (:word)")
        assert (await session.execute(insert, {"word": "甲"})).lastrowid == 1
        await session.execute(insert, [{"word": "乙"}, {"word": "丙"}])
        changed = await session.execute(
            text("UPDATE t SET word = word || '!' WHERE id > 1 RETURNING id, word")
        )
        assert changed.all() == [(2, "乙!"), (3, "丙!")]
        assert (await session.execute(text("DELETE FROM t WHERE id > 1"))).rowcount == 2


async def test_a_failed_statement_leaves_the_connection_usable(database):
    async with database.session(write=True) as session:
        await session.execute(text("CREATE TABLE t (word TEXT UNIQUE)"))
    insert = text("INSERT INTO t (word) VALUES ('甲')")
    with pytest.raises(IntegrityError):
        async with database.session(write=True) as session:
            await session.execute(insert)
            await session.execute(insert)
    async with database.session(write=True) as session:
        assert (await session.execute(text("SELECT count(*) FROM t"))).scalar_one() == 0
        await session.execute(insert)
