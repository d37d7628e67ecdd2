"""What use cases tell the transparency log: an act, blinded, in the very transaction that does it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from services.certificates.log.ledger.leaf import Leaf, LeafType, commitment, digest
from services.certificates.log.ledger.log import Entry, Position
from services.kit.storage.store import Transaction

ACTS = frozenset({LeafType.REVOKE, LeafType.HOLD, LeafType.RELEASE, LeafType.SUPERSEDE})


class Leaves(Protocol):
    """Where leaves are appended: the log."""

    async def add_all(self, tx: Transaction, entries: Sequence[Entry]) -> list[Position]:
        """Append leaves in this order; a source that was logged before keeps its position."""
        ...


class Said(NamedTuple):
    """One thing to commit to, and the nonce that blinds it; the same `source` is never logged twice."""

    source: str
    nonce: bytes
    said: Mapping[str, Any]


class Journal:
    """Tells the log, if there is one, of results, of acts on certificates and of published lists.

    `on_change` are called after a COMMIT that status lists have to tell something of.
    """

    def __init__(self, leaves: Leaves | None) -> None:
        self.leaves = leaves
        self.on_change: list[Callable[[], None]] = []

    def change(self, tx: Transaction) -> None:
        """Say that this transaction leaves something to tell for status lists: an act, or a list that begins."""
        for callback in self.on_change:
            tx.after_commit(callback)

    async def add(
        self, tx: Transaction, act: LeafType, nonce: bytes, said: Mapping[str, str], source: str
    ) -> str:
        """Commit to what is `said`, blinded by `nonce`; returns the position, empty where there is no log."""
        (position,) = await self.add_all(tx, act, [Said(source, nonce, said)])
        return position

    async def add_all(self, tx: Transaction, act: LeafType, told: Sequence[Said]) -> list[str]:
        """Commit to many things at once, in this order; returns the positions, empty where there is no log."""
        if act in ACTS:
            self.change(tx)
        if self.leaves is None:
            return [""] * len(told)
        entries = [Entry(Leaf(act, commitment(one.nonce, digest(one.said))), one.source) for one in told]
        return [str(position) for position in await self.leaves.add_all(tx, entries)]
