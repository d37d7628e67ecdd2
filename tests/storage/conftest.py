"""The store of these tests, on both engines."""

import pytest

from services.kit.storage.database import Database
from services.kit.storage.store import Store
from tests.storage.accounts import Base, encode, make_tables
from tests.support.clock import SettableClock


@pytest.fixture
async def store(database: Database, clock: SettableClock) -> Store:
    """A store on an empty database with the tables of accounts."""
    await make_tables(database)
    return Store(database, Base.metadata, clock, encode)
