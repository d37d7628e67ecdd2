"""Tables of no service, for tests of the kit's storage; every test gets them in a fresh database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.kit.storage.columns import bytes_column, json_column, utc_time
from services.kit.storage.database import Database
from services.kit.storage.root import row_base
from services.kit.storage.rows import Entity
from services.kit.storage.store import Encoded, Store
from tests.support.clock import SettableClock

Base = row_base("accounts")


class AccountRow(Entity, Base, table=True):
    """An account with a balance."""

    __tablename__ = "accounts"
    balance: int = 0
    state: str | None = "OPEN"
    number: str | None = Field(default=None, unique=True, max_length=40)
    owner: str | None = Field(default=None, foreign_key="owners.name", max_length=300)


class OwnerRow(Entity, Base, table=True):
    """Who an account may belong to."""

    __tablename__ = "owners"


class SampleRow(Base, table=True):
    """One column of each type."""

    __tablename__ = "samples"
    key: str = Field(primary_key=True, max_length=40)
    count: int = 0
    flag: bool = False
    moment: datetime = utc_time()
    later: datetime | None = utc_time(nullable=True)
    raw: bytes = bytes_column()
    data: dict = json_column()
    note: str | None = Field(default=None, max_length=40)
    __table_args__ = (UniqueConstraint("note"),)


@dataclass(frozen=True)
class Paid:
    """A fact: money arrived."""

    account: str
    amount: int


def encode(fact: Paid) -> Encoded:
    """Turn the fact into bytes, as a service's events/published.py does."""
    return Encoded("accounts.v1.account.paid", fact.account, str(fact.amount).encode())


async def make_tables(database: Database) -> None:
    """Make every table at once."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


@asynccontextmanager
async def opened(url: str, clock: SettableClock | None = None) -> AsyncIterator[Store]:
    """Open a second process's view of one database."""
    database = Database(url)
    try:
        yield Store(database, Base.metadata, clock or SettableClock(), encode)
    finally:
        await database.close()


def account(key: str, **values: object) -> AccountRow:
    """Return a new row; its times are set when it is inserted."""
    return AccountRow(name=f"accounts/{key}", **values)
