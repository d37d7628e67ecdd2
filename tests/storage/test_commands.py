"""A request_id makes a use case happen once, however often and however concurrently it is sent."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from services.kit.acts.actor import ACTOR, Actor
from services.kit.errors import AppError
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from tests.storage.accounts import AccountRow, Paid, account


class Accounts:
    """Use cases as a service writes them."""

    def __init__(self, store: Store):
        self.store = store
        self.runs = 0

    @command
    async def open(self, tx: Transaction, key: str) -> AccountRow:
        self.runs += 1
        row = await tx.insert(account(key))
        tx.record(Paid(row.name, 0))
        return row

    @command
    async def open_many(self, tx: Transaction, keys: list[str]) -> list[AccountRow]:
        self.runs += 1
        return [await tx.insert(account(key)) for key in keys]

    @command
    async def pay(self, tx: Transaction, name: str, amount: int) -> AccountRow:
        self.runs += 1
        row = await tx.lock(AccountRow, name)
        row.balance += amount
        return await tx.save(row)

    @command
    async def sweep(self, tx: Transaction) -> None:
        self.runs += 1

    @command
    async def fail(self, tx: Transaction, key: str) -> AccountRow:
        self.runs += 1
        await tx.insert(account(key))
        raise RuntimeError("after the write")


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store)


def request(
    content: bytes = b"same", request_id: str = "", subject: str = "me", method: str = "/a/B"
) -> Actor:
    """Return who acts in one request, as the chain says it."""
    return Actor(subject, method, request_id=request_id or str(uuid4()), fingerprint=content)


async def call(key: Actor | None, use_case, *args):
    """Call a use case in a context of its own, as each RPC has one."""

    async def handler():
        ACTOR.set(replace(key, finished=0) if key else None)
        return await use_case(*args)

    return await asyncio.create_task(handler())


async def facts(store: Store) -> int:
    async with store.read() as tx:
        return await tx.one(select(func.count()).select_from(store.tables.outbox))


async def test_a_repeated_request_is_answered_with_the_row_and_done_once(accounts: Accounts):
    key = request()
    first = await call(key, accounts.open, "one")
    again = await call(key, accounts.open, "one")
    assert (first.name, again.name, accounts.runs) == ("accounts/one", "accounts/one", 1)
    assert await facts(accounts.store) == 1


async def test_a_repeat_shows_the_row_as_it_is_now(accounts: Accounts):
    key = request()
    await call(key, accounts.open, "one")
    await call(None, accounts.pay, "accounts/one", 5)
    assert (await call(key, accounts.open, "one")).balance == 5


async def test_a_repeated_list_comes_back_in_its_order(accounts: Accounts):
    key = request()
    for _ in range(2):
        rows = await call(key, accounts.open_many, ["c", "a", "b"])
        assert [row.name for row in rows] == ["accounts/c", "accounts/a", "accounts/b"]
    assert accounts.runs == 1


@pytest.mark.parametrize("use_case", ["sweep", "open_many"])
async def test_a_repeat_of_what_made_no_row_is_not_done_again(accounts: Accounts, use_case: str):
    key, args = request(), ([],) if use_case == "open_many" else ()
    answers = [await call(key, getattr(accounts, use_case), *args) for _ in range(2)]
    assert accounts.runs == 1
    assert answers[0] == answers[1]


async def test_other_content_under_the_same_id_is_refused(accounts: Accounts):
    key = request(b"one")
    await call(key, accounts.open, "one")
    other = request(b"two", key.request_id)
    with pytest.raises(AppError, match="REQUEST_ID_REUSED") as refused:
        await call(other, accounts.open, "two")
    assert refused.value.violations[0].field == "request_id"


@pytest.mark.parametrize("difference", [{"subject": "you"}, {"method": "/a/C"}])
async def test_another_caller_or_method_has_ids_of_its_own(accounts: Accounts, difference: dict):
    key = request()
    await call(key, accounts.open, "one")
    await call(request(request_id=key.request_id, **difference), accounts.open, "two")
    assert accounts.runs == 2


async def test_a_request_that_failed_may_be_sent_again(accounts: Accounts):
    key = request()
    with pytest.raises(RuntimeError):
        await call(key, accounts.fail, "one")
    assert (await call(key, accounts.open, "one")).name == "accounts/one"


async def test_the_same_request_twenty_times_at_once_is_done_once(accounts: Accounts):
    await call(None, accounts.open, "one")
    key = request()
    rows = await asyncio.gather(*(call(key, accounts.pay, "accounts/one", 1) for _ in range(20)))
    assert {row.name for row in rows} == {"accounts/one"}
    assert accounts.runs == 2
    assert (await call(key, accounts.pay, "accounts/one", 1)).balance == 1


async def test_without_a_request_id_each_call_counts(accounts: Accounts):
    """The negative control: what the request_id protects from."""
    await call(None, accounts.open, "one")
    await asyncio.gather(*(call(None, accounts.pay, "accounts/one", 1) for _ in range(20)))
    assert (await call(None, accounts.pay, "accounts/one", 0)).balance == 20


async def test_two_commands_of_one_call_both_happen_and_both_repeat(accounts: Accounts):
    key = request()

    async def handler() -> tuple[str, int]:
        row = await accounts.open("one")
        return row.name, (await accounts.pay(row.name, 3)).balance

    assert await call(key, handler) == ("accounts/one", 3)
    assert await call(key, handler) == ("accounts/one", 3)
    assert accounts.runs == 2


async def test_a_command_that_is_tried_again_within_its_call_is_still_done_once(accounts: Accounts):
    key, failures = request(), iter([True, False])

    async def handler() -> str:
        if next(failures, False):
            with pytest.raises(RuntimeError):
                await accounts.fail("one")
        return (await accounts.open("one")).name

    assert [await call(key, handler), await call(key, handler)] == ["accounts/one"] * 2
    assert accounts.runs == 2, "the one that failed and the one that was kept"


async def test_a_consumer_passes_its_own_transaction(accounts: Accounts):
    with pytest.raises(RuntimeError):
        async with accounts.store.write() as tx:
            await accounts.open.within(tx, "one")
            raise RuntimeError
    async with accounts.store.read() as tx:
        assert await tx.find(AccountRow, "accounts/one") is None
