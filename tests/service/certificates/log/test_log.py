"""The log from appending to offline proof, on both engines."""

import asyncio
from pathlib import Path

import pytest

from services.certificates.log.ledger import sequencer
from services.certificates.log.ledger.audit import audit
from services.certificates.log.ledger.errors import RefusedError, UnverifiedError
from services.certificates.log.ledger.leaf import Leaf, LeafType, leaf_from
from services.certificates.log.ledger.merkle import consistency_holds
from services.certificates.log.ledger.proof import verify_proof
from services.certificates.log.ledger.proving import Position, Trust
from services.certificates.log.storage import log as rows
from tests.support import transparency
from tests.support.databases import Databases
from tests.support.log_worlds import ORIGIN, LogWorld, append, entry, read_publicly


@pytest.fixture
async def world(databases: Databases, tmp_path: Path) -> LogWorld:
    return await LogWorld(databases.empty(), tmp_path).make_tables()


async def test_a_leaf_is_published_and_proven_offline(world: LogWorld):
    async with world.open(run=True) as log:
        async with log.store.write() as tx:
            position = await log.add(tx, LeafType.REVOKE, bytes(32), "revoke:certificates/1", "grade-2026")
        await log.wait_published(position)
        found = await log.inclusion(position)
        proven = verify_proof(found.proof, found.leaf, world.verifier(log))
        assert (position, proven.index, proven.head.origin) == (Position(ORIGIN, 0), 0, ORIGIN)
        assert leaf_from(found.leaf) == Leaf(LeafType.REVOKE, bytes(32), "grade-2026")
        assert found.trust is Trust.UNWITNESSED
        assert found.checkpoint == await log.checkpoint()
        assert Position.parse(str(position)) == position
        assert await log.find("revoke:certificates/1") == position
        assert await log.find("revoke:certificates/2") is None


async def test_everything_published_is_read_by_a_stranger(world: LogWorld):
    async with world.open() as log:
        for start in range(0, 600, 200):
            await append(log, *range(start, start + 200))
            await log.sequencer.publish()
        leaves = read_publicly(world.shard, log.vkeys())
        assert len(leaves) == 600
        for index in (0, 255, 256, 599):
            found = await log.inclusion(Position(ORIGIN, index))
            lines = found.proof.split("\n\n")[0].split("\n")[2:]
            path = [transparency.base64.b64decode(line) for line in lines]
            assert path == transparency.audit_path(index, leaves)
            assert found.leaf == leaves[index]


async def test_indexes_have_no_gap_under_concurrency_and_rollbacks(world: LogWorld):
    async with world.open(run=True) as log:

        async def work(number: int) -> list[Position]:
            async with log.store.write() as tx:
                found = await log.add_all(tx, [entry(number * 3 + more) for more in range(3)])
                if number % 4 == 0:
                    raise LookupError
                return found

        done = await asyncio.gather(*(work(number) for number in range(24)), return_exceptions=True)
        positions = [position for found in done if isinstance(found, list) for position in found]
        assert sorted(position.index for position in positions) == list(range(54))
        await log.wait_published(max(positions))
        assert len(read_publicly(world.shard, log.vkeys())) == 54


async def test_a_source_is_logged_once(world: LogWorld):
    async with world.open() as log:
        first = await append(log, 1, 2)
        again = await append(log, 2, 3, 1, 3)
        assert [position.index for position in first] == [0, 1]
        assert [position.index for position in again] == [1, 2, 0, 2]
        assert [position.index for position in await append(log, 1, leaf_type=LeafType.REVOKE)] == [3]


async def test_a_leaf_that_is_not_published_has_no_proof(world: LogWorld):
    async with world.open() as log:
        (position,) = await append(log, 1)
        with pytest.raises(UnverifiedError, match="not published yet"):
            await log.inclusion(position)
        with pytest.raises(TimeoutError):
            await log.wait_published(position, within=0.05)


async def test_more_leaves_than_one_publication_takes(world: LogWorld, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sequencer, "BATCH", 100)
    async with world.open() as log:
        await append(log, *range(250))
        assert await log.sequencer.publish() == 250
        assert await log.sequencer.publish() == 0
        assert len(read_publicly(world.shard, log.vkeys())) == 250


async def test_every_checkpoint_is_consistent_with_every_later_one(world: LogWorld):
    async with world.open() as log:
        roots = []
        for size in range(1, 12):
            await append(log, size)
            await log.sequencer.publish()
            (status,) = await log.status()
            roots.append((status.size, status.root))
        for at, (old, old_root) in enumerate(roots):
            for new, new_root in roots[at:]:
                proof = await log.consistency(old, new)
                assert consistency_holds(old, new, old_root, new_root, proof)


async def test_a_new_year_begins_a_new_log_with_new_keys(world: LogWorld):
    async with world.open(run=True) as log:
        (old,) = await append(log, 1)
        await log.wait_published(old)
        world.clock.advance(days=365)
        (new,) = await append(log, 2)
        await log.wait_published(new)
        assert new == Position("certificates.example/log/2027", 0)
        for position in (old, new):
            found = await log.inclusion(position)
            verify_proof(found.proof, found.leaf, world.verifier(log, position.origin))
        assert not set(log.vkeys(old.origin)) & set(log.vkeys(new.origin))
        assert await append(log, 1) == [old]
        assert [(status.origin, status.size) for status in await log.status()] == [
            (old.origin, 1),
            (new.origin, 1),
        ]
    async with world.open():
        pass


async def test_the_status_tells_what_is_appended_and_not_yet_published(world: LogWorld):
    async with world.open() as log:
        await append(log, 1, 2, 3)
        (status,) = await log.status()
        assert (status.size, status.appended, status.trust) == (0, 3, Trust.UNWITNESSED)
        await log.sequencer.publish()
        (status,) = await log.status()
        assert (status.size, status.appended, status.witnessed_size) == (3, 3, 0)


async def test_no_name_and_no_number_is_in_the_published_files(world: LogWorld):
    async with world.open() as log:
        await append(log, *range(300))
        await log.sequencer.publish()
    public = b"".join(path.read_bytes() for path in world.shard.rglob("*") if path.is_file())
    for number in range(300):
        assert f"DE26{number:012d}".encode() not in public
        assert transparency.sha(f"DE26{number:012d}".encode()) not in public
    assert "王小明".encode() not in public
    assert transparency.sha("王小明".encode()) not in public


async def test_an_audit_reads_every_leaf_and_finds_every_change(world: LogWorld):
    async with world.open() as log:
        await append(log, *range(300))
        await log.sequencer.publish()
        keys = log.shards.keys.public(ORIGIN)
    found = audit(world.shard, keys)
    assert (found.origin, found.size, found.findings) == (ORIGIN, 300, [])
    for path in sorted((world.shard / "tile").rglob("*")):
        if path.is_file():
            whole = path.read_bytes()
            path.write_bytes(
                whole[:40] + bytes([whole[40] ^ 1]) + whole[41:] if len(whole) > 40 else whole[::-1]
            )
            assert audit(world.shard, keys).findings, path
            path.write_bytes(whole)
    assert audit(world.shard, keys).findings == []


async def test_a_second_process_stands_by_and_takes_over(world: LogWorld):
    async with world.open() as first, world.open() as second:
        await append(second, 1)
        assert await second.sequencer.publish() == 0
        assert await first.sequencer.publish() == 1
        await second.wait_published(Position(ORIGIN, 0), within=1)
        first.shards.get(ORIGIN).tiles.unlock()
        await append(second, 2)
        assert await second.sequencer.publish() == 1
        assert len(read_publicly(world.shard, second.vkeys())) == 2


async def started(world: LogWorld, count: int = 300) -> None:
    """Publish some leaves, and stop."""
    async with world.open() as log:
        await append(log, *range(count))
        await log.sequencer.publish()


async def refused(world: LogWorld, about: str) -> None:
    """The log does not start, and has signed nothing."""
    before = (world.shard / "checkpoint").read_bytes() if world.shard.exists() else b""
    with pytest.raises(RefusedError, match=about):
        async with world.open():
            pass
    assert ((world.shard / "checkpoint").read_bytes() if before else b"") == before


async def test_a_start_is_refused_where_a_tile_was_changed(world: LogWorld):
    await started(world)
    path = world.shard / "tile/1/000.p/1"
    path.write_bytes(bytes(32))
    await refused(world, "hold different trees")


async def test_a_start_is_refused_where_the_folder_is_gone(world: LogWorld):
    await started(world)
    world.shard.rename(world.folder / "elsewhere")
    with pytest.raises(RefusedError, match="no checkpoint"):
        async with world.open():
            pass
    assert not (world.shard / "checkpoint").exists()


async def test_a_start_is_refused_where_the_folder_is_an_older_copy(world: LogWorld):
    await started(world, 3)
    older = (world.shard / "checkpoint").read_bytes()
    await started(world, 5)
    (world.shard / "checkpoint").write_bytes(older)
    await refused(world, r"database \(5 leaves\) and .* 3 leaves\) hold different trees")


async def test_a_start_is_refused_where_the_database_is_an_older_copy(world: LogWorld):
    await started(world, 5)
    async with world.open() as log, log.store.write() as tx:
        await tx.execute(rows.LEAVES.delete().where(rows.LEAVES.c.leaf_index >= 3))
        await tx.execute(rows.STATES.delete())
    await refused(world, "restored from an older backup")


async def test_a_start_is_refused_where_the_state_in_the_database_was_changed(world: LogWorld):
    await started(world, 5)
    async with world.open() as log, log.store.write() as tx:
        await tx.execute(rows.STATES.update().values(root=bytes(32)))
    await refused(world, "hold different trees")


async def test_a_start_is_refused_where_the_database_is_of_another_host(world: LogWorld):
    await started(world, 5)
    async with world.open() as log, log.store.write() as tx:
        await tx.execute(rows.STATES.update().values(origin="other.example/log/2026"))
    await refused(world, "was the public URL changed")


async def test_a_start_is_refused_where_a_key_is_missing_or_open_to_others(world: LogWorld):
    with pytest.raises(RefusedError, match=r"2026-ed25519.pem is missing"):
        async with world.open(create_keys=False):
            pass
    await started(world, 5)
    key = world.folder / "keys/2026-mldsa44.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    await refused(world, "mode to 0600")


async def test_a_start_is_refused_with_other_keys_than_the_published_ones(world: LogWorld):
    await started(world, 5)
    (world.folder / "keys/2026-ed25519.pem").unlink()
    await refused(world, "other keys")


async def test_a_leaf_that_was_changed_in_the_database_is_never_signed(world: LogWorld):
    await started(world, 5)
    async with world.open() as log:
        await append(log, 6)
        async with log.store.write() as tx:
            changed = rows.LEAVES.update().where(rows.LEAVES.c.leaf_index == 5)
            await tx.execute(changed.values(leaf=entry(7).leaf.encode()))
        before = await log.checkpoint()
        with pytest.raises(RefusedError, match="nothing was signed"):
            await log.sequencer.publish()
        assert await log.checkpoint() == before
