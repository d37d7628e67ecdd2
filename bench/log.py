"""The transparency log: leaves appended durably (committed, in tiles, under a signed checkpoint), and proofs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.leaf import Leaf, LeafType, commitment, new_nonce
from services.certificates.log.ledger.log import Entry, Log, open_log
from services.certificates.log.ledger.merkle import Frontier, leaf_hash
from services.certificates.log.ledger.proving import Position
from services.certificates.root import Base
from services.kit.clock import SystemClock
from services.kit.storage.database import Database
from services.kit.storage.store import Store

SINGLE = 500  # leaves appended one a transaction
PROOFS = 200  # inclusion proofs made for one figure


class Grown(NamedTuple):
    """How the log does at a size: leaves durable a second (by the thousand, one by one), milliseconds for a proof."""

    size: int
    appended_per_second: float
    single_per_second: float
    proof_ms: float


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[Log]:
    """Open a log with its own tables, publishing every 250 ms."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    clock = SystemClock()
    store = Store(database, Base.metadata, clock)
    log = open_log(store, clock, "bench.example", folder / "log", LogKeys(folder / "keys", create=True))
    await log.prepare()
    publishing = asyncio.create_task(log.run())
    try:
        yield log
    finally:
        publishing.cancel()
        with suppress(asyncio.CancelledError):
            await publishing
        await database.close()


async def append(log: Log, first: int, count: int, together: int) -> float:
    """Append `count` leaves, `together` a transaction; returns leaves a second until all are published."""
    entries = [_entry(number) for number in range(first, first + count)]
    started = time.perf_counter()
    for start in range(0, count, together):
        async with log.store.write() as tx:
            positions = await log.add_all(tx, entries[start : start + together])
    await log.wait_published(positions[-1], within=600)
    return count / (time.perf_counter() - started)


async def grow(log: Log, sizes: list[int], count: int = 10_000) -> AsyncIterator[Grown]:
    """Let the log grow to each size; yields what `count` more leaves and a proof cost there."""
    size = 0
    for wanted in sizes:
        while size < wanted:
            step = min(10_000, wanted - size)
            await append(log, size, step, step)
            size += step
        rate = await append(log, size, count, 1000)
        single = await append(log, size + count, SINGLE, 1)
        size += count + SINGLE
        yield Grown(wanted, rate, single, await proof_ms(log, size))


async def proof_ms(log: Log, size: int) -> float:
    """Return the milliseconds that one inclusion proof takes, spread over the whole log."""
    started = time.perf_counter()
    for position in _spread(log, size):
        await log.inclusion(position)
    return (time.perf_counter() - started) / PROOFS * 1000


async def proofs_per_second(log: Log, size: int) -> float:
    """Return the inclusion proofs a second when all leaves are proven together."""
    origin = log.shards.origin(log.clock.today().year)
    started = time.perf_counter()
    await log.inclusions([Position(origin, index) for index in range(size)])
    return size / (time.perf_counter() - started)


def _spread(log: Log, size: int) -> list[Position]:
    origin = log.shards.origin(log.clock.today().year)
    return [Position(origin, number * size // PROOFS) for number in range(PROOFS)]


def in_memory(count: int = 500_000) -> float:
    """Return leaf hashes appended a second to a frontier, the floor of all of this."""
    leaf = leaf_hash(b"leaf")
    frontier = Frontier()
    started = time.perf_counter()
    frontier.extend(leaf for _ in range(count))
    return count / (time.perf_counter() - started)


def _entry(number: int) -> Entry:
    blinded = commitment(new_nonce(), number.to_bytes(32, "big"))
    return Entry(Leaf(LeafType.ISSUE, blinded, "grade-2026", "b1"), f"issue:certificates/{number}")
