"""Hot paths mean what the ORM means, on both engines, and their group commit keeps every promise of one commit."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, delete, insert, select, update

from services.kit.errors import AppError, Kind
from services.kit.storage.hot import HotPath, in_array
from services.kit.storage.store import Store, insert_for
from tests.storage.accounts import AccountRow, SampleRow, account

MOMENT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
VALUES = {
    "key": "甲'\"",
    "count": -(2**31),
    "flag": True,
    "moment": MOMENT,
    "later": None,
    "raw": b"\x00\xff'",
    "data": {"a": [1, "二", None]},
    "note": None,
}
samples = SampleRow.__table__
accounts = AccountRow.__table__


def sample(key: str, **values: object) -> dict:
    return VALUES | {"key": key} | values


def insert_sample(hot: HotPath):
    return hot.write(insert(samples).values({name: bindparam(name) for name in VALUES}))


async def keys(hot: HotPath) -> list[str]:
    return [key for (key,) in await hot.query(select(samples.c.key).order_by(samples.c.key)).all()]


async def test_every_type_comes_back_as_it_went_in(hot: HotPath):
    assert await insert_sample(hot)(VALUES) == [1]
    wanted = hot.query(select(*samples.c).where(samples.c.key == bindparam("key")))
    found = dict(zip(samples.c.keys(), await wanted.one(key=VALUES["key"]), strict=True))
    assert found == VALUES
    assert (type(found["flag"]), found["moment"].tzinfo) == (bool, UTC)


async def test_the_orm_reads_what_a_hot_write_wrote_and_the_other_way_round(hot: HotPath, store: Store):
    await insert_sample(hot)(sample("hot"))
    async with store.write() as tx:
        (row,) = await tx.all(select(SampleRow))
        assert row.model_dump() == sample("hot")
        await tx.bulk_insert(SampleRow, [sample("orm")])
    found = await hot.query(select(*samples.c).where(samples.c.key == bindparam("key"))).one(key="orm")
    assert dict(zip(samples.c.keys(), found, strict=True)) == sample("orm")


async def test_a_moment_of_another_zone_is_written_in_utc_and_a_naive_one_refused(hot: HotPath):
    write = insert_sample(hot)
    await write(sample("a", moment=MOMENT.astimezone(timezone(timedelta(hours=8)))))
    assert await hot.query(select(samples.c.moment)).one() == (MOMENT,)
    with pytest.raises(ValueError, match="time zone"):
        await write(sample("b", moment=datetime(2026, 3, 2)))
    assert await keys(hot) == ["a"]


async def test_one_statement_runs_for_many_values_all_or_none(hot: HotPath):
    write = insert_sample(hot)
    assert await write.many([sample("a"), sample("b", count=2)]) == [1, 1]
    assert await hot.query(select(samples.c.count).order_by(samples.c.key)).all() == [(-(2**31),), (2,)]
    with pytest.raises(AppError, match="RESOURCE_EXISTS"):
        await write.many([sample("c"), sample("a")])
    assert await keys(hot) == ["a", "b"]
    assert await write.many([]) == []


async def test_one_is_none_and_all_is_empty_where_nothing_is(hot: HotPath):
    wanted = hot.query(select(samples.c.key, samples.c.moment).where(samples.c.count == bindparam("n")))
    assert await wanted.one(n=1) is None
    assert await wanted.all(n=1) == []


@pytest.mark.parametrize(
    "wanted", [[], ["a"], ["a", "c", "甲'\"", "missing"], [str(n) for n in range(5_000)]]
)
async def test_one_statement_finds_lists_of_any_length(hot: HotPath, wanted: list[str]):
    write = insert_sample(hot)
    for key in ("a", "b", "c", "甲'\""):
        await write(sample(key))
    found = await hot.query(select(samples.c.key).where(in_array(samples.c.key, "keys"))).all(keys=wanted)
    assert {key for (key,) in found} == set(wanted) & {"a", "b", "c", "甲'\""}


async def test_a_list_combines_with_other_conditions(hot: HotPath):
    write = insert_sample(hot)
    for key, count in (("a", 1), ("b", 2), ("c", 2)):
        await write(sample(key, count=count))
    both = in_array(samples.c.key, "keys") & (samples.c.count == bindparam("n"))
    assert await hot.query(select(samples.c.key).where(both)).all(keys=["a", "b"], n=2) == [("b",)]
    assert await hot.write(delete(samples).where(both))({"keys": ["a", "c"], "n": 2}) == [1]
    assert await keys(hot) == ["a", "b"]


async def test_an_expanding_parameter_is_refused_when_it_is_compiled(hot: HotPath):
    with pytest.raises(ValueError, match="in_array"):
        hot.query(select(samples.c.key).where(samples.c.key.in_(["a", "b"])))


async def test_returning_gives_rows_with_their_types(hot: HotPath):
    values = {name: bindparam(name) for name in VALUES}
    write = hot.write(insert(samples).values(values).returning(samples.c.moment, samples.c.flag))
    assert await write(sample("a")) == [[(MOMENT, True)]]
    change = (
        update(samples).where(samples.c.count == bindparam("n")).values(flag=False).returning(samples.c.key)
    )
    assert await hot.write(change)({"n": -5}) == [[]]


async def test_literals_and_nothing_at_all_are_parameters_too(hot: HotPath):
    await insert_sample(hot)(sample("a", note="x"))
    clear = update(samples).where(samples.c.key == "a").values(note=None, count=7)
    assert await hot.write(clear)({}) == [1]
    assert await hot.query(select(samples.c.note, samples.c.count)).one() == (None, 7)


async def test_an_upsert_writes_only_where_its_condition_holds(hot: HotPath, store: Store):
    row = insert_for(store.database, accounts).values(
        name=bindparam("name"), parent="", version=bindparam("version"), balance=bindparam("balance"),
        create_time=bindparam("now"), update_time=bindparam("now"),
    )  # fmt: skip
    newer = row.on_conflict_do_update(
        index_elements=["name"],
        set_={"version": row.excluded.version, "balance": row.excluded.balance},
        where=accounts.c.version < row.excluded.version,
    )
    write = hot.write(newer)

    async def save(version: int, balance: int) -> int:
        values = {"name": "accounts/a", "version": version, "balance": balance, "now": MOMENT}
        return (await write(values))[0]

    assert [await save(1, 10), await save(3, 30), await save(2, 20), await save(3, 99)] == [1, 1, 0, 0]
    assert await hot.query(select(accounts.c.balance, accounts.c.version)).one() == (30, 3)


async def test_a_unit_of_several_statements_happens_as_a_whole(hot: HotPath):
    values = {name: bindparam(name) for name in VALUES}
    remove = delete(samples).where(samples.c.key == bindparam("old"))
    replace = hot.write(remove, insert(samples).values(values))
    await insert_sample(hot)(sample("a"))
    await insert_sample(hot)(sample("b"))
    assert await replace({"old": "a"}, sample("c")) == [1, 1]
    with pytest.raises(AppError, match="RESOURCE_EXISTS"):
        await replace({"old": "b"}, sample("c"))
    assert await keys(hot) == ["b", "c"]


async def test_a_failing_unit_does_not_harm_its_group(hot: HotPath):
    write = insert_sample(hot)
    units = [write(sample("taken")), *(write(sample(f"ok-{n}")) for n in range(20)), write(sample("taken"))]
    outcomes = await asyncio.gather(*units, return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in failed] == [AppError]
    assert len(await keys(hot)) == 21


@pytest.mark.parametrize("bad", [{"count": 2**70}, {"raw": object()}, {"note": "\ud800"}])
async def test_a_value_that_the_engine_cannot_take_fails_alone(hot: HotPath, bad: dict):
    write = insert_sample(hot)
    units = [write(sample("a")), write(sample("bad", **bad)), write(sample("b"))]
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*units, return_exceptions=True)
        assert isinstance(outcomes[1], Exception)
        assert await write(sample("c")) == [1]
    assert await keys(hot) == ["a", "b", "c"]


async def test_a_cancelled_caller_does_not_strand_the_others(hot: HotPath):
    write = insert_sample(hot)
    tasks = [asyncio.ensure_future(write(sample(f"{n:02d}"))) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    done = {f"{n:02d}" for n, outcome in enumerate(outcomes) if outcome == [1]}
    assert len(done) == 20
    assert done <= set(await keys(hot)), "what was acknowledged is there"


async def test_hot_and_orm_writers_together_lose_nothing(hot: HotPath, store: Store):
    async with store.write() as tx:
        await tx.insert(account("one"))
    one = accounts.c.name == "accounts/one"
    add = hot.write(
        update(accounts).where(one).values(balance=accounts.c.balance + 1, version=accounts.c.version + 1)
    )

    async def add_by_orm() -> None:
        async with store.write() as tx:
            row = await tx.lock(AccountRow, "accounts/one")
            row.balance += 1
            await tx.save(row)

    await asyncio.gather(*(add({}) for _ in range(60)), *(add_by_orm() for _ in range(30)))
    assert await hot.query(select(accounts.c.balance, accounts.c.version).where(one)).one() == (90, 91)


async def test_a_reader_does_not_see_a_group_before_it_is_committed(hot: HotPath, store: Store):
    async with store.write() as tx:
        await tx.insert(account("one"))
        assert await hot.query(select(accounts.c.name)).all() == []
    assert await hot.query(select(accounts.c.name)).all() == [("accounts/one",)]


async def test_close_keeps_what_was_acknowledged_and_refuses_the_rest(store: Store):
    path = HotPath(store.database)
    await path.open()
    write = insert_sample(path)
    tasks = [asyncio.ensure_future(write(sample(f"{n:03d}"))) for n in range(100)]
    await asyncio.sleep(0)
    await path.close()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    kept = [f"{n:03d}" for n, outcome in enumerate(outcomes) if outcome == [1]]
    refused = [outcome for outcome in outcomes if outcome != [1]]
    assert {getattr(error, "kind", error) for error in refused} <= {Kind.UNAVAILABLE}
    assert kept
    async with store.read() as tx:
        assert set(kept) <= set(await tx.all(select(SampleRow.key)))
