"""Publishing what use cases have appended: tiles, then the signed checkpoint, then the state in the database.

Leaves are durable before anything is published, and the same leaves give the same tiles: whatever a crash left is
finished at the next start. Where database and files disagree otherwise, nothing is signed.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from services.certificates.log.ledger.errors import RefusedError
from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.shard import CHECKPOINT, Shard, empty_state, grown
from services.certificates.log.storage import log as rows
from services.certificates.log.storage.log import State
from services.kit.logs import logger
from services.kit.storage.store import Store
from services.kit.waiting import happens, to_the_end

BATCH = 8192  # leaves published at once
IDLE = 1.0  # seconds between looks for leaves that another process has appended
PUBLISHED = "log_published"
REFUSED = "log_refused"
STANDBY = "log_standby"
RECOVERED = "log_recovered"
T = TypeVar("T")
log = logger("log")


class Shards:
    """The yearly logs below one folder: `<host>/log/2026` in `2026/`."""

    def __init__(self, prefix: str, folder: Path, keys: LogKeys, seconds: Callable[[], int]) -> None:
        self.prefix = prefix
        self.folder = folder
        self.keys = keys
        self.seconds = seconds
        self.opened: dict[str, Shard] = {}

    def origin(self, year: int) -> str:
        """Return the origin of a year's log."""
        return f"{self.prefix}/{year}"

    def get(self, origin: str) -> Shard:
        """Return the log of an origin; raises RefusedError where it is none of these."""
        if origin not in self.opened:
            prefix, _, year = origin.rpartition("/")
            if prefix != self.prefix:
                raise RefusedError(f"{origin} is no log of {self.prefix}; was the public URL changed?")
            self.opened[origin] = Shard(origin, self.folder / year, self.keys, self.seconds)
        return self.opened[origin]

    def found(self) -> set[str]:
        """Return the origins that have a checkpoint on the disk."""
        return {self.origin(int(path.parent.name)) for path in self.folder.glob(f"[0-9]*/{CHECKPOINT}")}


class Sequencer:
    """The one publisher of the logs; `interval` is the least time between two checkpoints, in seconds."""

    def __init__(self, store: Store, shards: Shards, year: Callable[[], int], interval: float = 0.25) -> None:
        self.store = store
        self.shards = shards
        self.year = year
        self.interval = interval
        self.waiting = asyncio.Event()
        self.turn = asyncio.Lock()  # files of a log are changed by one thread at a time
        self.published = asyncio.Event()  # set, and replaced, when there is a new checkpoint
        self.on_publish: list[Callable[[], None]] = []
        self.prepared: set[str] = set()
        self.standby: set[str] = set()

    def nudge(self) -> None:
        """Say that leaves were committed."""
        self.waiting.set()

    async def prepare(self) -> None:
        """Finish what a crash left and compare every log with its files; raises RefusedError.

        Does nothing in a process that finds another one publishing.
        """
        async with self.store.read() as tx:
            known = {state.origin: state for state in await rows.states(tx)}
        current = self.shards.origin(self.year())
        for origin in sorted({*known, current, *await asyncio.to_thread(self.shards.found)}):
            if not await self._prepare(known.get(origin, empty_state(origin))):
                return

    async def run(self) -> NoReturn:
        """Publish until cancelled: at once when nudged, but never more often than `interval`."""
        while True:
            self.waiting.clear()
            await self.publish()
            await asyncio.sleep(self.interval)
            await happens(self.waiting, IDLE)

    def release(self) -> None:
        """Let another process publish."""
        for shard in self.shards.opened.values():
            shard.tiles.unlock()
        self.prepared.clear()

    async def publish(self) -> int:
        """Publish every leaf that waits; returns how many there were."""
        done = 0
        await self._prepare(empty_state(self.shards.origin(self.year())))
        while True:
            async with self.store.read() as tx:
                behind = await rows.waiting(tx)
            ready = [state for state in behind if await self._prepare(state)]
            if not ready:
                return done
            for state in ready:
                done += await self._publish(state.origin)

    async def exclusively(self, work: Callable[[], T]) -> T:
        """Run what changes files of a log in a thread, one at a time, to its end even when cancelled."""
        async with self.turn:
            return await to_the_end(asyncio.to_thread(work))

    async def _publish(self, origin: str) -> int:
        shard = self.shards.get(origin)
        async with self.store.read() as tx:
            (state,) = [found for found in await rows.states(tx) if found.origin == origin]
            leaves = await rows.leaves(tx, origin, state.size, BATCH)
        if not leaves:
            return 0
        after = await self.exclusively(lambda: shard.publish(state, leaves))
        await self._advance(state, after)
        await self.exclusively(shard.settle)
        log.info(PUBLISHED, origin=origin, size=after.size)
        self.tell()
        for callback in self.on_publish:
            callback()
        return len(leaves)

    async def _prepare(self, state: State) -> bool:
        """Open a log for publishing; False where another process publishes it."""
        if state.origin in self.prepared:
            return True
        shard = self.shards.get(state.origin)
        if not await asyncio.to_thread(shard.tiles.lock):
            if state.origin not in self.standby:
                log.info(STANDBY, origin=state.origin)
            self.standby.add(state.origin)
            return False
        self.standby.discard(state.origin)
        try:
            await self._recover(shard)
        except RefusedError as error:
            log.error(REFUSED, origin=state.origin, reason=str(error))
            shard.tiles.unlock()
            raise
        self.prepared.add(state.origin)
        return True

    async def _recover(self, shard: Shard) -> None:
        """Commit the state of a checkpoint that was written just before a crash, then compare everything."""
        async with self.store.write() as tx:
            await rows.add_states(tx, [empty_state(shard.origin)])
            (state,) = [found for found in await rows.states(tx) if found.origin == shard.origin]
        await self.exclusively(lambda: shard.open(state.size))
        head = await asyncio.to_thread(shard.head)
        if head.size > state.size:
            after = await self._catch_up(state, head.size)
            if after.root != head.root or after.size != head.size:
                raise RefusedError(
                    f"log {shard.origin}: {head.size} leaves were published, but the database has "
                    f"{after.size} of them or other ones; was it restored from an older backup? "
                    "Nothing is signed until it has every published leaf."
                )
            await self._advance(state, after)
            log.warning(RECOVERED, origin=shard.origin, size=after.size)
            state = after
        await asyncio.to_thread(shard.check, state)

    async def _catch_up(self, state: State, size: int) -> State:
        async with self.store.read() as tx:
            while state.size < size:
                leaves = await rows.leaves(tx, state.origin, state.size, min(BATCH, size - state.size))
                if not leaves:
                    return state
                state = grown(state, leaves)
        return state

    async def _advance(self, before: State, after: State) -> None:
        async with self.store.write() as tx:
            if not await rows.advance(tx, before, after):
                self.prepared.discard(before.origin)
                raise RefusedError(f"log {before.origin}: somebody else has published at the same time")

    def tell(self) -> None:
        """Wake whoever waits for a checkpoint."""
        self.published.set()
        self.published = asyncio.Event()
