"""What a use case relies on in a transaction, the same on SQLite and PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Field

from services.kit.errors import AppError, Kind
from services.kit.storage.root import row_base
from services.kit.storage.store import Store
from tests.storage.accounts import AccountRow, Base, OwnerRow, Paid, SampleRow, account, opened
from tests.support.clock import SettableClock

NAME = "accounts/one"


@pytest.fixture
async def one(store: Store) -> AccountRow:
    async with store.write() as tx:
        return await tx.insert(account("one", number="n-1"))


async def count(store: Store, row=AccountRow) -> int:
    async with store.read() as tx:
        return await tx.one(select(func.count()).select_from(row))


async def test_what_is_committed_is_there_and_what_fails_is_not(store: Store):
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await tx.insert(account("gone"))
            raise RuntimeError
    async with store.write() as tx:
        await tx.insert(account("kept"))
    async with store.read() as tx:
        assert await tx.find(AccountRow, "accounts/gone") is None
        assert (await tx.get(AccountRow, "accounts/kept")).version == 1
        with pytest.raises(AppError, match="accounts/gone does not exist") as missing:
            await tx.get(AccountRow, "accounts/gone")
    assert missing.value.kind is Kind.NOT_FOUND


async def test_a_row_can_be_read_after_commit(store: Store, one: AccountRow):
    assert (one.name, one.etag, one.balance) == (NAME, '"1"', 0)
    assert one.create_time == store.clock.now()


async def test_each_save_counts_the_version_and_moves_the_update_time(
    store: Store, one: AccountRow, clock: SettableClock
):
    clock.advance(seconds=5)
    async with store.write() as tx:
        row = await tx.lock(AccountRow, NAME, etag=one.etag)
        row.balance = 7
        await tx.save(row)
        assert row.etag == '"2"'
    async with store.read() as tx:
        found = await tx.get(AccountRow, NAME)
    assert (found.version, found.update_time - found.create_time) == (2, timedelta(seconds=5))


async def test_a_stale_etag_is_a_conflict_that_tells_the_current_one(store: Store, one: AccountRow):
    async with store.write() as tx:
        row = await tx.lock(AccountRow, NAME)
        row.balance = 7
        await tx.save(row)
    with pytest.raises(AppError, match="STALE_ETAG") as stale:
        async with store.write() as tx:
            await tx.lock(AccountRow, NAME, etag=one.etag)
    assert (stale.value.kind, stale.value.metadata["etag"]) == (Kind.CONFLICT, '"2"')


async def test_a_row_that_was_read_before_another_change_cannot_be_saved(store: Store, one: AccountRow):
    async with store.write() as tx:
        row = await tx.lock(AccountRow, NAME)
        row.balance = 1
        await tx.save(row)
    one.balance = 2
    with pytest.raises(AppError, match="CONCURRENT_CHANGE"):
        async with store.write() as tx:
            await tx.save(one)
    async with store.read() as tx:
        assert (await tx.get(AccountRow, NAME)).balance == 1


async def test_a_row_that_somebody_deleted_cannot_be_saved(store: Store, one: AccountRow):
    async with store.write() as tx:
        await tx.delete(await tx.get(AccountRow, NAME))
    one.balance = 2
    with pytest.raises(AppError, match="CONCURRENT_CHANGE"):
        async with store.write() as tx:
            await tx.save(one)


async def test_fifty_transitions_with_one_etag_have_one_winner(store: Store, one: AccountRow):
    async def transition() -> str:
        try:
            async with store.write() as tx:
                row = await tx.lock(AccountRow, NAME, etag=one.etag)
                row.balance += 1
                await tx.save(row)
        except AppError as error:
            return error.reason
        return "won"

    outcomes = await asyncio.gather(*(transition() for _ in range(50)))
    assert sorted(outcomes) == ["STALE_ETAG"] * 49 + ["won"]


@pytest.mark.parametrize("values", [{"key": "one"}, {"key": "two", "number": "n-1"}])
async def test_a_taken_name_or_key_is_refused_and_the_transaction_goes_on(store: Store, one, values):
    async with store.write() as tx:
        with pytest.raises(AppError, match="RESOURCE_EXISTS") as taken:
            await tx.insert(account(**values))
        await tx.insert(account("three"))
    assert taken.value.kind is Kind.ALREADY_EXISTS
    assert await count(store) == 2


async def test_a_name_that_this_transaction_has_read_is_refused_the_same_way(store: Store, one):
    async with store.write() as tx:
        await tx.get(AccountRow, NAME)
        with pytest.raises(AppError, match="RESOURCE_EXISTS"):
            await tx.insert(account("one"))
        assert (await tx.get(AccountRow, NAME)).number == "n-1"


async def test_two_that_insert_one_name_at_once_get_one_row(store: Store):
    async def insert() -> str:
        try:
            async with store.write() as tx:
                await tx.insert(account("one"))
        except AppError as error:
            return error.reason
        return "won"

    assert sorted(await asyncio.gather(*(insert() for _ in range(8)))) == ["RESOURCE_EXISTS"] * 7 + ["won"]


async def test_a_missing_owner_is_a_fault_of_the_code_and_not_a_taken_name(store: Store):
    with pytest.raises(IntegrityError):
        async with store.write() as tx:
            await tx.insert(account("orphan", owner="owners/nobody"))
    assert await count(store) == 0


async def test_a_moment_without_zone_is_refused_and_others_come_back_in_utc(
    store: Store, clock: SettableClock
):
    clock.set(datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8))))
    async with store.write() as tx:
        await tx.insert(account("one"))
    async with store.read() as tx:
        found = (await tx.get(AccountRow, NAME)).create_time
    assert (found, found.tzinfo) == (datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC), UTC)
    with pytest.raises(StatementError, match="needs a time zone"):
        async with store.write() as tx:
            naive = datetime(2026, 3, 2)
            await tx.bulk_insert(SampleRow, [sample("x") | {"moment": naive}])


async def test_moments_compare_in_the_database_as_they_do_in_time(store: Store, clock: SettableClock):
    moments = [clock.now() + timedelta(microseconds=step) for step in (0, 1, 999_999, 86_400_000_000)]
    async with store.write() as tx:
        await tx.bulk_insert(SampleRow, [sample(str(n)) | {"moment": m} for n, m in enumerate(moments)])
    async with store.read() as tx:
        later = select(SampleRow.key).where(SampleRow.moment > moments[1]).order_by(SampleRow.moment)
        assert await tx.all(later) == ["2", "3"]


def sample(key: str) -> dict:
    """Values of one row of samples."""
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return {"key": key, "count": 1, "flag": True, "moment": moment, "raw": b"\x00\xff", "data": {"a": [1]}}


async def test_bulk_insert_counts_what_went_in(store: Store):
    async with store.write() as tx:
        assert await tx.bulk_insert(SampleRow, []) == 0
        assert await tx.bulk_insert(SampleRow, [sample(str(n)) for n in range(2_500)]) == 2_500
    assert await count(store, SampleRow) == 2_500


async def test_bulk_insert_of_a_duplicate_fails_as_a_whole(store: Store):
    with pytest.raises(IntegrityError):
        async with store.write() as tx:
            await tx.bulk_insert(SampleRow, [sample("a"), sample("a")])
    assert await count(store, SampleRow) == 0


async def test_a_savepoint_is_rolled_back_alone(store: Store):
    async with store.write() as tx:
        await tx.insert(account("before"))
        with pytest.raises(RuntimeError):
            async with tx.savepoint():
                await tx.insert(account("inside"))
                raise RuntimeError
        await tx.insert(account("after"))
    async with store.read() as tx:
        names = await tx.all(select(AccountRow.name).order_by(AccountRow.name))
    assert names == ["accounts/after", "accounts/before"]


async def test_a_fact_is_recorded_with_the_change_or_not_at_all(store: Store):
    nudges: list[int] = []
    store.on_commit.append(lambda: nudges.append(1))
    async with store.write() as tx:
        await tx.insert(account("one"))
        tx.record(Paid(NAME, 5))
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            tx.record(Paid(NAME, 6))
            raise RuntimeError
    async with store.write() as tx:
        await tx.insert(account("quiet"))
    outbox = store.tables.outbox
    async with store.read() as tx:
        rows = (await tx.execute(select(outbox))).all()
    assert [(r.type, r.aggregate_type, r.aggregate_id, r.payload) for r in rows] == [
        ("accounts.v1.account.paid", "accounts", NAME, b"5")
    ]
    assert nudges == [1], "only a commit with facts wakes the relay"


async def test_after_commit_is_called_once_and_not_after_a_rollback(store: Store):
    called: list[str] = []

    def kept() -> None:
        called.append("kept")

    async with store.write() as tx:
        tx.after_commit(kept)
        tx.after_commit(kept)
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            tx.after_commit(lambda: called.append("lost"))
            raise RuntimeError
    assert called == ["kept"]


async def test_a_cancelled_transaction_leaves_no_change_and_no_lock(store: Store):
    entered = asyncio.Event()

    async def hang() -> None:
        async with store.write() as tx:
            await tx.insert(account("gone"))
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), store.write() as tx:
        await tx.insert(account("kept"))
    assert await count(store) == 1


async def test_a_reader_sees_nothing_that_is_not_committed(store: Store, databases):
    async with opened(store.database.url.render_as_string(hide_password=False)) as other:
        async with store.write() as tx:
            await tx.insert(account("one"))
            assert await count(other) == 0
        assert await count(other) == 1


def test_two_services_have_nothing_in_common():
    one, two = row_base("one"), row_base("two")
    assert one.metadata is not two.metadata
    assert one.metadata.info["rows"] is not two.metadata.info["rows"]
    own = {"outbox", "inbox", "parked", "acts", "act_names"}
    own |= {"operations", "operation_inputs", "operation_steps"}
    assert set(one.metadata.tables) == own
    assert "accounts" in Base.metadata.tables

    class Same(row_base("three"), table=True):
        __tablename__ = "accounts"
        name: str = Field(primary_key=True)

    assert Same.__table__ is not AccountRow.__table__


async def test_rows_of_another_table_are_not_mixed_up(store: Store):
    async with store.write() as tx:
        await tx.insert(OwnerRow(name="owners/a"))
        await tx.insert(account("one", owner="owners/a"))
    async with store.read() as tx:
        assert await tx.find(AccountRow, "owners/a") is None


async def test_rows_are_inserted_and_saved_in_one_flush_each(store: Store, clock: SettableClock):
    async with store.write() as tx:
        await tx.insert_all(rows := [account("a"), account("b")])
        assert {row.create_time for row in rows} == {tx.now}
    clock.advance(seconds=1)
    async with store.write() as tx:
        found = [await tx.lock(AccountRow, f"accounts/{key}") for key in "ab"]
        for row in found:
            row.balance = 5
        await tx.save_all(found)
        assert [(row.version, row.update_time) for row in found] == [(2, tx.now)] * 2


async def test_saving_many_refuses_what_somebody_else_changed_first(store: Store):
    async with store.write() as tx:
        await tx.insert_all([account("a"), account("b")])
    async with store.read() as tx:
        old = [await tx.get(AccountRow, f"accounts/{key}") for key in "ab"]
    async with store.write() as tx:
        row = await tx.lock(AccountRow, "accounts/b")
        row.balance = 1
        await tx.save(row)
    with pytest.raises(AppError, match="CONCURRENT_CHANGE"):
        async with store.write() as tx:
            for row in old:
                row.balance = 7
            await tx.save_all(old)
    async with store.read() as tx:
        assert (await tx.get(AccountRow, "accounts/a")).balance == 0
