"""Killed between any two steps, the log comes back with every committed leaf and contradicts nothing it signed."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from services.certificates.log.ledger.log import Log
from services.certificates.log.ledger.shard import Shard
from services.certificates.log.ledger.tiles import TileStore
from services.certificates.log.storage import log as rows
from tests.support import transparency
from tests.support.databases import Databases
from tests.support.log_worlds import ORIGIN, LogWorld, append, read_publicly

ROOT = Path(__file__).resolve().parents[4]


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
async def world(databases: Databases, tmp_path: Path) -> LogWorld:
    return await LogWorld(databases.empty(), tmp_path).make_tables()


def after_some_tiles(patch: pytest.MonkeyPatch) -> None:
    write = TileStore.write

    def half(self: TileStore, tiles: Any) -> None:
        write(self, list(tiles)[::2])
        raise Killed

    patch.setattr(TileStore, "write", half)


def after_the_tiles(patch: pytest.MonkeyPatch) -> None:
    def sign(self: Shard, head: Any) -> None:
        raise Killed

    patch.setattr(Shard, "_sign", sign)


def in_the_middle_of_a_file(patch: pytest.MonkeyPatch) -> None:
    def write(self: TileStore, tiles: Any) -> None:
        tile = next(iter(tiles))
        path = self.folder / f"{tile.path}.new"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tile.data[: len(tile.data) // 2])
        raise Killed

    patch.setattr(TileStore, "write", write)


def after_the_checkpoint(patch: pytest.MonkeyPatch) -> None:
    async def advance(*args: Any) -> bool:
        raise Killed

    patch.setattr(rows, "advance", advance)


def after_the_commit(patch: pytest.MonkeyPatch) -> None:
    def settle(self: Shard) -> None:
        raise Killed

    patch.setattr(Shard, "settle", settle)


STEPS = [after_some_tiles, in_the_middle_of_a_file, after_the_tiles, after_the_checkpoint, after_the_commit]


async def killed_while_publishing(log: Log, kill: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kill(patch)
        with pytest.raises(Killed):
            await log.sequencer.publish()


@pytest.mark.parametrize("sizes", [(0, 1), (3, 250), (256, 300), (255, 1)], ids=str)
@pytest.mark.parametrize("kill", STEPS, ids=lambda step: step.__name__)
async def test_a_publication_that_was_cut_is_finished(kill: Any, sizes: tuple[int, int], world: LogWorld):
    before, more = sizes
    async with world.open() as log:
        await append(log, *range(before))
        await log.sequencer.publish()
        await append(log, *range(before, before + more))
        signed_before = await log.checkpoint()
        await killed_while_publishing(log, kill)
        signed = await log.checkpoint()
    async with world.open() as log:
        await append(log, before + more)
        await log.sequencer.publish()
        leaves = read_publicly(world.shard, log.vkeys())
        assert len(leaves) == before + more + 1
    for note in (signed_before, signed):
        _, size, root = transparency.read_note(note)[0].splitlines()
        assert transparency.base64.b64encode(transparency.mth(leaves[: int(size)])).decode() == root


async def test_a_cut_publication_is_repeated_by_the_same_process(world: LogWorld):
    async with world.open() as log:
        await append(log, *range(300))
        await killed_while_publishing(log, after_the_tiles)
        await log.sequencer.publish()
        assert len(read_publicly(world.shard, log.vkeys())) == 300


async def test_cancelling_a_publication_leaves_whole_files(world: LogWorld):
    async with world.open() as log:
        await append(log, *range(2000))
        task = asyncio.create_task(log.sequencer.publish())
        await asyncio.sleep(0.03)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with world.open() as log:
        await log.sequencer.publish()
        assert len(read_publicly(world.shard, log.vkeys())) == 2000


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.support.log_worlds import LogWorld, append

async def main(url, folder, first):
    async with LogWorld(url, Path(folder)).open(run=True) as log:
        for number in range(int(first), int(first) + 100_000, 20):
            found = await append(log, *range(number, number + 20))
            print("acknowledged", found[-1].index, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_process_loses_no_acknowledged_leaf(world: LogWorld):
    chance = random.Random(7)
    seen: list[str] = []
    for attempt in range(4):
        acknowledged = await asyncio.to_thread(killed, world, attempt * 100_000, chance.randrange(1, 40))
        seen.append((world.shard / "checkpoint").read_text("utf-8"))
        async with world.open() as log:
            await log.sequencer.publish()
            leaves = read_publicly(world.shard, log.vkeys())
            assert len(leaves) > acknowledged
            (status,) = await log.status()
            assert status.size == status.appended == len(leaves)
    for note in seen:
        origin, size, root = transparency.read_note(note)[0].splitlines()
        assert origin == ORIGIN
        assert transparency.base64.b64encode(transparency.mth(leaves[: int(size)])).decode() == root


def killed(world: LogWorld, first: int, lines: int) -> int:
    """Run a process that appends and publishes; kill it after some acknowledgements; returns the last one."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gen'}"}
    command = [sys.executable, "-c", CHILD, world.url, str(world.folder), str(first)]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        told = (line for line in child.stdout if line.startswith(b"acknowledged "))
        last = [int(line.split()[1]) for line in islice(told, lines)][-1]
        child.send_signal(signal.SIGKILL)
    return last
