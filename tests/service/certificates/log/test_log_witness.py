"""Witnesses: a quorum cosigns what only grew; one that is down, wrong or ahead is seen and costs nothing else."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.certificates.log.ledger.errors import UnverifiedError
from services.certificates.log.ledger.log import Log
from services.certificates.log.ledger.note import parse
from services.certificates.log.ledger.policy import policy_from
from services.certificates.log.ledger.proof import verify_proof
from services.certificates.log.ledger.proving import Position, Trust
from tests.support import transparency
from tests.support.databases import Databases
from tests.support.log_worlds import ORIGIN, LogWorld, append


@pytest.fixture
async def world(sqlite_databases: Databases, tmp_path: Path) -> LogWorld:
    world = await LogWorld(sqlite_databases.empty(), tmp_path).make_tables()
    async with world.open():
        pass  # makes the keys
    return world


@pytest.fixture
def witnesses(world: LogWorld) -> Iterator[list[transparency.Witness]]:
    """Three witnesses of which two must cosign; one of them is safe against quantum computers."""
    logs = {ORIGIN: (world.shard / "vkeys").read_text("utf-8").split()[0]}
    made = [transparency.Witness(f"w{n}.example/w", logs, quantum_safe=n == 3) for n in (1, 2, 3)]
    with ExitStack() as stack:
        for witness in made:
            stack.enter_context(witness.running())
        lines = "".join(f"witness W{n} {witness.vkey} {witness.url}\n" for n, witness in enumerate(made, 1))
        world.policy = policy_from(f"{lines}group G 2 W1 W2 W3\nquorum G\n")
        yield made


def believing(world: LogWorld, log: Log, witnesses: list[transparency.Witness]):
    lines = "".join(f"witness W{n} {witness.vkey}\n" for n, witness in enumerate(witnesses, 1))
    return world.verifier(log, more=f"{lines}group G 2 W1 W2 W3\nquorum G\n")


async def publish(log: Log, *numbers: int) -> Position:
    positions = await append(log, *numbers)
    await log.sequencer.publish()
    return positions[-1]


async def test_a_witnessed_leaf_is_proven_offline(world: LogWorld, witnesses: list[transparency.Witness]):
    async with world.open(run=True) as log:
        (position,) = await append(log, 1)
        await log.wait_published(position, witnessed=True, within=5)
        found = await log.inclusion(position)
        assert found.trust is Trust.WITNESSED
        proven = verify_proof(found.proof, found.leaf, believing(world, log, witnesses))
        assert proven.witnesses == ["W1", "W2", "W3"]
        assert all(transparency.signed_by(found.checkpoint, witness.vkey) for witness in witnesses)


async def test_witnesses_follow_the_log_by_consistency_proofs(world: LogWorld, witnesses):
    async with world.open() as log:
        for start in (0, 5, 300, 301, 700):
            await publish(log, *range(start, start + 5))
            assert await log.cosign() is Trust.WITNESSED
        (status,) = await log.status()
        assert (status.trust, status.witnessed_size) == (Trust.WITNESSED, status.size)
        assert [seen.size for seen in status.witnesses] == [status.size] * 3
        assert any(len(body.split("\n\n")[0].split("\n")) > 2 for body in witnesses[0].requests)


async def test_after_a_restart_the_size_is_learnt_from_the_witness(world: LogWorld, witnesses):
    async with world.open() as log:
        await publish(log, *range(5))
        await log.cosign()
    async with world.open() as log:
        await publish(log, *range(5, 9))
        assert await log.cosign() is Trust.WITNESSED
        assert witnesses[0].requests[-1].startswith("old 5\n")


async def test_one_witness_may_be_out_of_order(world: LogWorld, witnesses):
    witnesses[0].failing = 500
    async with world.open() as log:
        await publish(log, 1)
        assert await log.cosign() is Trust.WITNESSED
        (status,) = await log.status()
        assert [bool(seen.problem) for seen in status.witnesses] == [True, False, False]
        assert "500" in status.witnesses[0].problem


async def test_without_a_quorum_the_log_says_that_it_is_unwitnessed(world: LogWorld, witnesses):
    witnesses[0].failing = witnesses[1].failing = 503
    async with world.open() as log:
        position = await publish(log, 1)
        assert await log.cosign() is Trust.UNWITNESSED
        found = await log.inclusion(position)
        assert found.trust is Trust.UNWITNESSED
        with pytest.raises(UnverifiedError, match="too few"):
            verify_proof(found.proof, found.leaf, believing(world, log, witnesses))
        witnesses[0].failing = 0
        assert await log.cosign() is Trust.WITNESSED
        assert (await log.inclusion(position)).trust is Trust.WITNESSED


async def test_a_proof_uses_the_witnessed_tree_until_the_newer_one_is_witnessed(world: LogWorld, witnesses):
    async with world.open() as log:
        old = await publish(log, 1)
        await log.cosign()
        new = await publish(log, 2)
        assert ((await log.inclusion(old)).size, (await log.inclusion(old)).trust) == (1, Trust.WITNESSED)
        assert ((await log.inclusion(new)).size, (await log.inclusion(new)).trust) == (2, Trust.UNWITNESSED)


async def test_a_late_cosignature_never_takes_the_checkpoint_back(world: LogWorld, witnesses):
    async with world.open() as log:
        await publish(log, 1)
        shard = log.shards.get(ORIGIN)
        note = shard.note()
        made = log.witnesses.cosign(note, shard.tree(1).consistency)
        await publish(log, 2)
        shard.keep_cosigned(made.note, quorum=made.quorum)
        assert shard.head().size == 2
        assert shard.witnessed() == made.note


async def test_a_witness_that_lies_is_not_believed(world: LogWorld, witnesses):
    for witness in witnesses:
        witness.cosign = lambda text, honest=witness.cosign: honest(text.replace("\n1\n", "\n2\n"))
    async with world.open() as log:
        await publish(log, 1)
        assert await log.cosign() is Trust.UNWITNESSED
        (status,) = await log.status()
        assert all("does not hold" in seen.problem for seen in status.witnesses)
        assert len(parse(await log.checkpoint()).signatures) == 2


async def test_a_witness_refuses_another_history(world: LogWorld, witnesses):
    """The point of it all: the issuer cannot show another tree to somebody else."""
    async with world.open() as log:
        await publish(log, *range(5))
        await log.cosign()
    forged = LogWorld(f"sqlite:///{world.folder}/forged.db", world.folder / "forged", policy=world.policy)
    await forged.make_tables()
    forged.folder.mkdir()
    (forged.folder / "keys").symlink_to(world.folder / "keys")
    async with forged.open() as log:
        await publish(log, *range(100, 107))
        assert await log.cosign() is Trust.UNWITNESSED
        (status,) = await log.status()
        assert all("422" in seen.problem for seen in status.witnesses)


async def test_a_log_that_was_rolled_back_is_told_so(world: LogWorld, witnesses):
    for witness in witnesses:
        witness.seen[ORIGIN] = (9, "")
    async with world.open() as log:
        await publish(log, 1)
        for _ in range(2):
            assert await log.cosign() is Trust.UNWITNESSED
            (status,) = await log.status()
            assert all("rolled back" in seen.problem for seen in status.witnesses)


async def test_a_witness_that_cannot_be_reached_is_named(world: LogWorld):
    witness = transparency.Witness("w.example", {})
    for url in ("http://127.0.0.1:1/w", "ftp://w.example"):
        world.policy = policy_from(f"witness W {witness.vkey} {url}\nquorum W\n")
        async with world.open() as log:
            await publish(log, len(url))
            assert await log.cosign() is Trust.UNWITNESSED
            (status,) = await log.status()
            assert status.witnesses[0].problem
