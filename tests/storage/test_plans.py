"""What looks at the plans of all statements (tests/support/plans.py) refuses what it should, and nothing else."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import bindparam, func, select, update

from services.kit.storage.database import Database
from services.kit.storage.hot import HotPath, in_array
from services.kit.storage.store import Store
from tests.storage.accounts import AccountRow, Base, encode, make_tables
from tests.support.clock import SettableClock
from tests.support.databases import Databases
from tests.support.plans import Plans, watched

accounts = AccountRow.__table__
NAMES = [f"accounts/{number}" for number in range(3)]


@pytest.fixture
async def store(databases: Databases, clock: SettableClock) -> AsyncIterator[Store]:
    """A store of its own, whose tables the planner knows nothing of."""
    database = Database(databases.empty())
    await make_tables(database)
    yield Store(database, Base.metadata, clock, encode)
    await database.close()


async def refused(store: Store, statement, given=None) -> bool:
    """Run a statement in a transaction; tell whether its plan is refused."""
    with watched(Plans(all=True)) as plans:
        async with store.write() as tx:
            await tx.execute(statement, given)
    assert len(plans.known) == 1
    return bool(plans.refused)


async def refused_hot(store: Store, statement, **given) -> bool:
    """Run a statement on a hot path; tell whether its plan is refused."""
    with watched(Plans(all=True)) as plans:
        path = HotPath(store.database)
        await path.open()
        await (path.query(statement).all(**given) if statement.is_select else path.write(statement)(given))
        await path.close()
    assert len(plans.known) == 1
    return bool(plans.refused)


@pytest.mark.parametrize(
    "statement",
    [
        select(AccountRow.name).where(AccountRow.balance == 3),
        select(func.count()).select_from(accounts),
        select(AccountRow.name).where(AccountRow.balance == 3).order_by(AccountRow.name).limit(5),
        update(accounts).where(AccountRow.balance == 3).values(balance=4),
    ],
    ids=["filter", "count", "page of a filter", "update"],
)
async def test_what_reads_the_whole_table_is_refused(store: Store, statement):
    if "LIMIT" in str(statement) and store.database.is_sqlite:
        pytest.skip(
            "SQLite does not say what a page leaves out; PostgreSQL does, and its statements are the same"
        )
    assert await refused(store, statement)


@pytest.mark.parametrize(
    "statement",
    [
        select(AccountRow.name).where(AccountRow.name == "accounts/1", AccountRow.balance == 3),
        select(AccountRow.name).where(AccountRow.name.in_(NAMES)),
        select(AccountRow.name)
        .where(AccountRow.parent == "a", AccountRow.name > "b")
        .order_by(AccountRow.name)
        .limit(5),
        select(AccountRow.name).where(AccountRow.name > "b").order_by(AccountRow.name).limit(5),
        update(accounts).where(AccountRow.number == "3").values(balance=4),
    ],
    ids=["name", "names", "page below a parent", "page of all", "update by a unique column"],
)
async def test_what_an_index_answers_is_let_through(store: Store, statement):
    assert not await refused(store, statement)


async def test_a_page_that_is_sorted_first_is_refused(store: Store):
    if not store.database.is_sqlite:
        pytest.skip("what PostgreSQL sorts depends on its statistics")
    owned = select(AccountRow.name).where(AccountRow.parent == "a").order_by(AccountRow.balance).limit(5)
    assert await refused(store, owned)


async def test_hot_statements_are_looked_at_too(store: Store):
    balance = select(AccountRow.name).where(AccountRow.balance == bindparam("balance"))
    assert await refused_hot(store, balance, balance=3)
    assert await refused_hot(
        store, update(accounts).where(AccountRow.balance == bindparam("b")).values(state="x"), b=3
    )
    assert not await refused_hot(
        store, select(AccountRow.balance).where(AccountRow.name == bindparam("n")), n="x"
    )


async def test_a_list_of_any_length_is_looked_up_by_its_index(store: Store):
    named = in_array(accounts.c.name, "names")
    assert not await refused_hot(store, select(accounts.c.balance).where(named), names=NAMES)
    assert not await refused_hot(
        store, select(accounts.c.balance).where(named, AccountRow.state == "x"), names=NAMES
    )
    assert not await refused_hot(store, update(accounts).where(named).values(balance=3), names=NAMES)
    assert await refused_hot(
        store, select(accounts.c.balance).where(in_array(accounts.c.state, "names")), names=NAMES
    )
