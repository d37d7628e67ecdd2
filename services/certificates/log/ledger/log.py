"""The log as the other parts of the service use it: append in a transaction, then prove what was published."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from services.certificates.log.ledger.checkpoint import Checkpoint, checkpoint_from
from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.leaf import Leaf, LeafType
from services.certificates.log.ledger.merkle import leaf_hash
from services.certificates.log.ledger.policy import Policy
from services.certificates.log.ledger.proving import Inclusion, Position, Proving, Trust
from services.certificates.log.ledger.sequencer import Sequencer, Shards
from services.certificates.log.ledger.shard import Shard, empty_state
from services.certificates.log.ledger.witness import Witnesses
from services.certificates.log.storage import log as rows
from services.kit.clock import Clock, local_day
from services.kit.logs import logger
from services.kit.storage.store import Store, Transaction
from services.kit.waiting import happens

RETRY = 5.0  # seconds until witnesses that failed are asked again
LOOK = 0.25  # seconds between looks at what another process publishes
WITNESS_PROBLEM = "log_witness_problem"
log = logger("log")


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf with what it tells of: the same `source` is never logged twice."""

    leaf: Leaf
    source: str


class WitnessStatus(NamedTuple):
    """How far a witness has cosigned, and its last problem."""

    name: str
    size: int
    problem: str


class Status(NamedTuple):
    """The state of one log; `trust` is that of its newest tree."""

    origin: str
    size: int
    root: bytes
    appended: int
    witnessed_size: int
    trust: Trust
    witnesses: list[WitnessStatus]


class Log:
    """The transparency log of one issuer; `run` publishes in the background."""

    def __init__(
        self, store: Store, shards: Shards, sequencer: Sequencer, witnesses: Witnesses, clock: Clock
    ) -> None:
        self.store = store
        self.shards = shards
        self.sequencer = sequencer
        self.witnesses = witnesses
        self.clock = clock
        self.unwitnessed = asyncio.Event()
        sequencer.on_publish.append(self.unwitnessed.set)

    async def add(
        self,
        tx: Transaction,
        leaf_type: LeafType,
        commitment: bytes,
        source: str,
        profile: str = "",
        batch: str = "",
    ) -> Position:
        """Append one leaf in the caller's transaction; a source that was logged before keeps its position."""
        (position,) = await self.add_all(tx, [Entry(Leaf(leaf_type, commitment, profile, batch), source)])
        return position

    async def add_all(self, tx: Transaction, entries: Sequence[Entry]) -> list[Position]:
        """Append leaves in this order; others wait for this transaction to end, so that no index is left out."""
        origin = self.shards.origin(local_day(tx.now).year)
        following = await rows.lock(tx, empty_state(origin))
        known = await rows.positions(tx, [entry.source for entry in entries])
        fresh = {entry.source: entry for entry in entries if entry.source not in known}
        made = [_row(origin, index, entry, tx.now) for index, entry in enumerate(fresh.values(), following)]
        await rows.append(tx, made)
        tx.after_commit(self.sequencer.nudge)
        known |= {row["source"]: (origin, row["leaf_index"]) for row in made}
        return [Position(*known[entry.source]) for entry in entries]

    async def prepare(self) -> None:
        """Call before serving: raises RefusedError where the database and the published files disagree."""
        await self.sequencer.prepare()

    async def run(self) -> None:
        """Publish and ask witnesses until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.sequencer.run())
                if self.witnesses.asked:
                    group.create_task(self._keep_witnessed())
        finally:
            self.sequencer.release()

    async def find(self, source: str) -> Position | None:
        """Return where the leaf of a source stands, None where it was never logged."""
        async with self.store.read() as tx:
            found = await rows.positions(tx, [source])
        return Position(*found[source]) if source in found else None

    async def checkpoint(self, origin: str = "") -> str:
        """Return the newest signed checkpoint, of this year's log if no origin is given."""
        return str(await asyncio.to_thread(self._shard(origin).note))

    async def head(self, origin: str = "") -> Checkpoint:
        """Return the newest published tree, of this year's log if no origin is given; empty where there is none."""
        return await asyncio.to_thread(self._shard(origin).published)

    async def inclusion(self, position: Position) -> Inclusion:
        """Return the proof of a published leaf, in the witnessed tree where that has it; raises UnverifiedError."""
        return (await self.inclusions([position]))[0]

    async def inclusions(self, positions: Sequence[Position]) -> list[Inclusion]:
        """Return the proofs of many published leaves in this order; raises UnverifiedError."""
        return await asyncio.to_thread(self._inclusions, positions)

    async def consistency(self, old: int, new: int, origin: str = "") -> list[bytes]:
        """Return the proof that the tree of `old` leaves is the beginning of that of `new` published leaves."""
        return await asyncio.to_thread(lambda: self._shard(origin).tree(new).consistency(old))

    async def wait_published(
        self, position: Position, *, witnessed: bool = False, within: float = 30.0
    ) -> None:
        """Return once a checkpoint (cosigned by the quorum) covers the leaf; raises TimeoutError after `within` s."""
        async with asyncio.timeout(within):
            while True:
                published = self.sequencer.published  # before looking: what comes meanwhile sets it
                size = await asyncio.to_thread(self._size, position.origin, witnessed=witnessed)
                if size > position.index:
                    return
                await happens(published, LOOK)

    async def status(self) -> list[Status]:
        """Return the state of every log, oldest first."""
        async with self.store.read() as tx:
            found = [(state.origin, await rows.count(tx, state.origin)) for state in await rows.states(tx)]
        return [await asyncio.to_thread(self._status, *each) for each in found]

    async def cosign(self, origin: str = "") -> Trust:
        """Ask the witnesses for cosignatures on the newest checkpoint, and store what they gave."""
        shard = self._shard(origin)
        note = await asyncio.to_thread(shard.note)
        tree = shard.tree(checkpoint_from(note.text).size)
        made = await asyncio.to_thread(self.witnesses.cosign, note, tree.consistency)
        await self.sequencer.exclusively(lambda: shard.keep_cosigned(made.note, quorum=made.quorum))
        self.sequencer.tell()
        self._tell_problems(shard.origin)
        return Trust.WITNESSED if made.quorum else Trust.UNWITNESSED

    def vkeys(self, origin: str = "") -> list[str]:
        """Return the verifier keys of a log."""
        return [key.vkey for key in self.shards.keys.public(self._shard(origin).origin)]

    async def _keep_witnessed(self) -> NoReturn:
        while True:
            self.unwitnessed.clear()
            lacking = [
                status.origin
                for status in await self.status()
                if status.trust is Trust.UNWITNESSED and status.size
            ]
            trusts = [await self.cosign(origin) for origin in lacking]
            await happens(self.unwitnessed, RETRY if Trust.UNWITNESSED in trusts else None)

    def _shard(self, origin: str) -> Shard:
        return self.shards.get(origin or self.shards.origin(self.clock.today().year))

    def _size(self, origin: str, *, witnessed: bool) -> int:
        shard = self._shard(origin)
        if not witnessed:
            return shard.published().size
        note = shard.witnessed()
        return checkpoint_from(note.text).size if note is not None else 0

    def _inclusions(self, positions: Sequence[Position]) -> list[Inclusion]:
        last: dict[str, int] = {}
        for position in positions:
            last[position.origin] = max(position.index, last.get(position.origin, 0))
        trees = {origin: Proving(self._shard(origin), index) for origin, index in last.items()}
        return [trees[position.origin].inclusion(position) for position in positions]

    def _status(self, origin: str, appended: int) -> Status:
        shard = self._shard(origin)
        head, note = shard.published(), shard.witnessed()
        seen = checkpoint_from(note.text) if note is not None else Checkpoint(origin, 0, b"")
        trust = Trust.WITNESSED if (seen.size, seen.root) == (head.size, head.root) else Trust.UNWITNESSED
        about = [
            (witness.name, self.witnesses.about(origin, witness.name)) for witness in self.witnesses.asked
        ]
        witnesses = [WitnessStatus(name, found.size, found.problem) for name, found in about]
        return Status(origin, head.size, head.root, appended, seen.size, trust, witnesses)

    def _tell_problems(self, origin: str) -> None:
        for witness in self.witnesses.asked:
            if problem := self.witnesses.about(origin, witness.name).problem:
                log.warning(WITNESS_PROBLEM, origin=origin, witness=witness.name, problem=problem)


def open_log(
    store: Store, clock: Clock, host: str, folder: Path, keys: LogKeys, policy: Policy | None = None,
    interval: float = 0.25,
) -> Log:  # fmt: skip
    """Put the log together; `host` is the issuer's address without https://, `policy` names the witnesses."""
    shards = Shards(f"{host}/log", folder, keys, lambda: int(clock.now().timestamp()))
    sequencer = Sequencer(store, shards, lambda: clock.today().year, interval)
    return Log(store, shards, sequencer, Witnesses(policy or Policy()), clock)


def _row(origin: str, index: int, entry: Entry, now: Any) -> dict[str, Any]:
    leaf = entry.leaf.encode()
    return {
        "origin": origin, "leaf_index": index, "type": entry.leaf.type.value, "leaf": leaf,
        "leaf_hash": leaf_hash(leaf), "commitment": entry.leaf.commitment, "source": entry.source, "created": now,
    }  # fmt: skip
