"""A transparency log on a database and a folder of its own, opened as often as a test restarts it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.leaf import Leaf, LeafType, commitment, digest, new_nonce
from services.certificates.log.ledger.log import Entry, Log, open_log
from services.certificates.log.ledger.policy import Policy, policy_from
from services.certificates.log.ledger.proving import Position
from services.kit.storage.database import Database
from services.kit.storage.migrate import metadata_of
from services.kit.storage.store import Store
from tests.support import transparency
from tests.support.clock import SettableClock

HOST = "certificates.example"
ORIGIN = f"{HOST}/log/2026"


def entry(number: int, leaf_type: LeafType = LeafType.ISSUE) -> Entry:
    """A leaf about certificate `number`."""
    blinded = commitment(new_nonce(), digest({"number": f"DE26{number:012d}", "name": "王小明"}))
    return Entry(Leaf(leaf_type, blinded, "grade-2026", "b1"), f"{leaf_type}:certificates/{number}")


@dataclass
class LogWorld:
    """Where a log lives; `open` is a start of its process."""

    url: str
    folder: Path
    clock: SettableClock = field(default_factory=SettableClock)
    policy: Policy | None = None

    @property
    def shard(self) -> Path:
        """The published files of 2026."""
        return self.folder / "log" / "2026"

    async def make_tables(self) -> "LogWorld":
        """Make the tables of certificates."""
        database = Database(self.url)
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata_of("certificates").create_all)
        await database.close()
        return self

    @asynccontextmanager
    async def open(self, *, run: bool = False, create_keys: bool = True) -> AsyncIterator[Log]:
        """Start the log on the same database and folder."""
        database = Database(self.url)
        log = open_log(
            Store(database, metadata_of("certificates"), self.clock),
            self.clock,
            HOST,
            self.folder / "log",
            LogKeys(self.folder / "keys", create=create_keys),
            self.policy,
            interval=0.01,
        )
        task: asyncio.Task[None] | None = None
        try:
            await log.prepare()
            task = asyncio.create_task(log.run()) if run else None
            yield log
        finally:
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            for shard in log.shards.opened.values():
                shard.tiles.unlock()
            await database.close()

    def verifier(self, log: Log, origin: str = "", more: str = "quorum none\n") -> Policy:
        """A policy that believes this log."""
        return policy_from("".join(f"log {vkey}\n" for vkey in log.vkeys(origin)) + more)


async def append(log: Log, *numbers: int, leaf_type: LeafType = LeafType.ISSUE) -> list[Position]:
    """Append leaves in a transaction of their own."""
    async with log.store.write() as tx:
        return await log.add_all(tx, [entry(number, leaf_type) for number in numbers])


def read_publicly(folder: Path, vkeys: list[str]) -> list[bytes]:
    """Read a published log as a stranger would, checking everything; returns its leaves."""
    note = (folder / "checkpoint").read_text("utf-8")
    assert vkeys
    assert all(transparency.signed_by(note, vkey) for vkey in vkeys)
    text, _ = transparency.read_note(note)
    _, size, root = text.splitlines()
    leaves = transparency.leaves_in(folder, int(size))
    transparency.check_upper_tiles(folder, leaves)
    assert transparency.base64.b64encode(transparency.mth(leaves)).decode() == root
    return leaves


Damage = Callable[[LogWorld], None]
