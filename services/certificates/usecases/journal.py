"""What use cases tell the transparency log: an act, blinded, in the very transaction that does it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from services.certificates.log.leaf import LeafType, commitment, digest
from services.certificates.log.log import Position
from services.kit.storage.store import Transaction


class Leaves(Protocol):
    """Where leaves are appended: the log."""

    async def add(self, tx: Transaction, leaf_type: LeafType, commitment: bytes, source: str) -> Position:
        """Append one leaf; a source that was logged before keeps its position."""
        ...


class Journal:
    """Tells the log, if there is one, of acts on certificates and of published lists.

    `on_act` are called after the COMMIT of an act, which status lists then have to tell.
    """

    def __init__(self, leaves: Leaves | None) -> None:
        self.leaves = leaves
        self.on_act: list[Callable[[], None]] = []

    async def add(
        self, tx: Transaction, act: LeafType, nonce: bytes, said: Mapping[str, str], source: str
    ) -> str:
        """Commit to what is `said`, blinded by `nonce`; returns the position, empty where there is no log."""
        if act is not LeafType.STATUS:
            for callback in self.on_act:
                tx.after_commit(callback)
        if self.leaves is None:
            return ""
        return str(await self.leaves.add(tx, act, commitment(nonce, digest(said)), source))
