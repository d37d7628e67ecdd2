"""The store of these tests, on both engines: one database for all of them, emptied for each."""

from collections.abc import AsyncIterator

import pytest

from services.kit.storage.database import Database
from services.kit.storage.hot import HotPath
from services.kit.storage.store import Store
from tests.storage.accounts import Base, encode, make_tables
from tests.support.clock import SettableClock
from tests.support.databases import Databases


@pytest.fixture
async def store(databases: Databases, clock: SettableClock) -> AsyncIterator[Store]:
    """A store whose tables are empty."""
    url = databases.templates.setdefault("accounts", databases.templates.get("accounts") or databases.empty())
    database = Database(url)
    await make_tables(database)
    async with database.session(write=True) as session:
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(table.delete())
    yield Store(database, Base.metadata, clock, encode)
    await database.close()


@pytest.fixture
async def hot(store: Store) -> AsyncIterator[HotPath]:
    """The hot paths of that store."""
    path = HotPath(store.database)
    await path.open()
    yield path
    await path.close()
