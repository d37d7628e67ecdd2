"""Every change of a resource is written down with it: who, when, what, why, under which request."""

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from services.kit.acts.act import MOST_SHOWN
from services.kit.acts.actor import Actor, acting
from services.kit.errors import AppError
from services.kit.storage import acts
from services.kit.storage.commands import command
from services.kit.storage.database import Database
from services.kit.storage.store import Store, Transaction
from tests.storage.accounts import AccountRow, OwnerRow, SampleRow, account
from tests.storage.test_migrations import SERVICES, migrate
from tests.support.acts import acts_of

CLERK = {"subject": "clerk-7", "roles": frozenset({"institution", "auditor"}), "tenant": "institutions/a"}


class Accounts:
    """Use cases as a service writes them."""

    def __init__(self, store: Store):
        self.store = store

    @command
    async def open(self, tx: Transaction, *keys: str) -> list[AccountRow]:
        await tx.insert_all(rows := [account(key) for key in keys])
        return rows

    @command
    async def freeze(self, tx: Transaction, name: str, why: str) -> AccountRow:
        row = await tx.lock(AccountRow, name)
        row.state = "FROZEN"
        tx.act.reason = why
        return await tx.save(row)

    @command
    async def thaw(self, tx: Transaction, name: str) -> AccountRow:
        row = await self.freeze.within(tx, name, "by mistake")
        row.state = "OPEN"
        return await tx.save(row)

    @command
    async def close(self, tx: Transaction, name: str) -> None:
        await tx.delete(await tx.lock(AccountRow, name))

    @command
    async def look(self, tx: Transaction, name: str) -> AccountRow:
        row = await tx.lock(AccountRow, name)
        row.balance = row.balance + 0
        return row

    @command
    async def open_in_vain(self, tx: Transaction, key: str) -> None:
        try:
            async with tx.savepoint():
                await tx.insert(account(key))
                raise KeyError
        except KeyError:
            await tx.insert(OwnerRow(name="owners/one"))


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store)


async def count(store: Store, table: str = "acts") -> int:
    async with store.read() as tx:
        return (await tx.execute(select(func.count()).select_from(getattr(store.tables, table)))).scalar_one()


async def test_an_act_tells_who_did_what_when_why_and_under_which_request(accounts: Accounts):
    await accounts.open("one")
    actor = Actor(**CLERK, method="/bank.v1.Accounts/Freeze", request_id="r-1", fingerprint=b"content")
    with acting(actor):
        await accounts.freeze("accounts/one", "court order")
    _, act = await acts_of(accounts.store, "accounts/one")
    assert (act.subject, act.tenant, act.method) == ("clerk-7", "institutions/a", "/bank.v1.Accounts/Freeze")
    assert (act.roles, act.duties, act.request_id) == (["auditor", "institution"], [], "r-1")
    assert (act.names, act.name_count) == (["accounts/one"], 1)
    assert (act.moves, act.reason) == ([["accounts/one", "OPEN", "FROZEN"]], "court order")
    assert act.time == accounts.store.clock.now()


async def test_what_nobody_asked_for_is_done_by_the_service(accounts: Accounts):
    await accounts.open("one")
    (act,) = await acts_of(accounts.store, "accounts/one")
    assert (act.subject, act.method, act.request_id) == ("service:accounts", "Accounts.open", None)
    assert act.moves == [["accounts/one", "", "OPEN"]]


async def test_a_consumer_s_commands_are_acts_of_their_own_without_a_claim(accounts: Accounts):
    event = Actor("event:other.v1.thing.done", "accounts-from-other", request_id="event-1")
    with acting(event):
        async with accounts.store.write() as tx:
            await accounts.open.within(tx, "one")
            await accounts.freeze.within(tx, "accounts/one", "")
    opened, frozen = await acts_of(accounts.store, "accounts/one")
    assert {(act.subject, act.request_id) for act in (opened, frozen)} == {(event.subject, "event-1")}
    assert opened.position < frozen.position


async def test_a_command_within_a_command_is_part_of_its_act(accounts: Accounts):
    await accounts.open("one")
    await accounts.freeze("accounts/one", "court order")
    await accounts.thaw("accounts/one")
    *_, act = await acts_of(accounts.store, "accounts/one")
    assert (act.moves, act.reason) == ([["accounts/one", "FROZEN", "OPEN"]], "by mistake")
    assert await count(accounts.store) == 3


async def test_a_deleted_row_has_no_state_any_more(accounts: Accounts):
    await accounts.open("one")
    await accounts.close("accounts/one")
    *_, act = await acts_of(accounts.store, "accounts/one")
    assert act.moves == [["accounts/one", "OPEN", ""]]


async def test_a_row_that_was_only_looked_at_is_not_named(accounts: Accounts):
    await accounts.open("one")
    await accounts.look("accounts/one")
    assert len(await acts_of(accounts.store, "accounts/one")) == 1
    assert await count(accounts.store) == 2, "the command itself is an act"


async def test_what_was_rolled_back_alone_is_not_named(accounts: Accounts):
    await accounts.open_in_vain("one")
    assert await acts_of(accounts.store, "accounts/one") == []
    assert len(await acts_of(accounts.store, "owners/one")) == 1


async def test_a_failed_command_leaves_no_act(accounts: Accounts):
    with pytest.raises(AppError, match="NOT_FOUND"):
        await accounts.freeze("accounts/none", "")
    assert await count(accounts.store) == 0


async def test_a_change_outside_any_command_is_an_act_as_well(store: Store):
    async with store.write() as tx:
        await tx.insert(account("one"))
    async with store.write() as tx:
        (await tx.lock(AccountRow, "accounts/one")).state = "FROZEN"  # written by COMMIT alone
    *_, frozen = await acts_of(store, "accounts/one")
    assert frozen.moves == [["accounts/one", "OPEN", "FROZEN"]]


async def test_a_transaction_that_changes_no_resource_is_no_act(store: Store):
    async with store.write() as tx:
        await tx.find(AccountRow, "accounts/one")
    assert await count(store) == 0


async def test_an_act_of_many_shows_some_and_is_found_under_all(accounts: Accounts):
    keys = [f"{number:03}" for number in range(MOST_SHOWN + 20)]
    await accounts.open(*keys)
    (act,) = await acts_of(accounts.store, f"accounts/{keys[-1]}")
    assert (len(act.names), len(act.moves), act.name_count) == (MOST_SHOWN, MOST_SHOWN, MOST_SHOWN + 20)


async def test_bulk_work_is_one_act_by_the_names_and_counts_it_gives(store: Store):
    async with store.write() as tx:
        await tx.insert_all([account("one"), account("two")])
        await acts.record(tx, ["banks/a"], {"sha256": "ab", "imported": 2})
    (act,) = await acts_of(store, "banks/a")
    assert (act.names, act.details) == (["banks/a"], {"sha256": "ab", "imported": 2})
    assert await acts_of(store, "accounts/one") == []
    assert await count(store) == 1


async def test_details_are_bounded(store: Store):
    with pytest.raises(ValueError, match="give counts"):
        async with store.write() as tx:
            await acts.record(tx, ["banks/a"], {"rows": ["x"] * 2000})
    assert await count(store) == 0


async def test_acts_are_read_in_pages(accounts: Accounts):
    await accounts.open("one")
    await accounts.freeze("accounts/one", "court order")
    await accounts.thaw("accounts/one")
    await accounts.close("accounts/one")
    first = await acts_of(accounts.store, "accounts/one", size=2)
    rest = await acts_of(accounts.store, "accounts/one", after=first[-1].position)
    done = [act.method.removeprefix("Accounts.") for act in (*first, *rest)]
    assert done == ["open", "freeze", "thaw", "close"]


async def test_acts_of_a_resource_are_found_by_an_index(accounts: Accounts):
    await accounts.open(*(f"{number:03}" for number in range(2000)))
    statement = (
        "SELECT a.time FROM acts a JOIN act_names n ON n.position = a.position"
        " WHERE n.name = 'accounts/007' AND n.position > 0 ORDER BY n.position LIMIT 10"
    )
    async with accounts.store.write() as tx:
        plan = await _plan(tx, statement)
    assert "SCAN" not in plan and "Seq Scan on act_names" not in plan, plan


async def _plan(tx: Transaction, statement: str) -> str:
    sqlite = tx.store.database.is_sqlite
    if not sqlite:
        await tx.execute(text("ANALYZE act_names"))
    explained = await tx.execute(text(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement))
    return "\n".join(str(row[-1]) for row in explained)


@pytest.fixture(params=SERVICES)
async def migrated(request: pytest.FixtureRequest, database: Database) -> Database:
    """A service's own schema, with an act in it."""
    await migrate(database, request.param)
    async with database.session(write=True) as session:
        await session.execute(text("INSERT INTO act_names (name, position) VALUES ('a/b', 1)"))
    return database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE acts SET reason = ''",
        "DELETE FROM acts",
        "UPDATE act_names SET name = ''",
        "DELETE FROM act_names",
        "INSERT OR REPLACE INTO acts SELECT * FROM acts",
        "REPLACE INTO act_names VALUES ('a/b', 1)",
    ],
)
async def test_nobody_changes_an_act(migrated: Database, statement: str):
    if "REPLACE" in statement and not migrated.is_sqlite:
        pytest.skip("only SQLite has REPLACE")
    await _insert_act(migrated)
    with pytest.raises(DBAPIError, match="append-only"):
        await _execute(migrated, statement)
    assert await _execute(migrated, "SELECT count(*) FROM act_names") == 1


async def test_other_rows_may_be_changed(migrated: Database):
    """The negative control: it is the trigger that refuses."""
    await _execute(migrated, "DELETE FROM inbox")


async def _execute(database: Database, statement: str) -> Any:
    async with database.session(write=True) as session:
        result = await session.execute(text(statement))
        return result.scalar_one() if result.returns_rows else None


async def _insert_act(database: Database) -> None:
    columns = "time, subject, roles, tenant, duties, method, step, names, name_count, moves, reason, details"
    values = "'2026-01-01', 'me', '[]', '', '[]', 'm', 0, '[]', 0, '[]', '', '{}'"
    await _execute(
        database, f"INSERT INTO acts ({columns}, result_table, result_names) VALUES ({values}, '', '[]')"
    )


async def test_samples_have_no_name_and_are_not_noted(store: Store):
    async with store.write() as tx:
        tx.session.add(SampleRow(key="a", moment=tx.now, raw=b""))
    assert await count(store) == 0
