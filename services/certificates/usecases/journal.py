"""What use cases tell the transparency log: an act, blinded, in the very transaction that does it."""

from collections.abc import Mapping
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
    """Tells the log, if there is one, of acts on certificates and of published lists."""

    def __init__(self, leaves: Leaves | None) -> None:
        self.leaves = leaves

    async def add(
        self, tx: Transaction, act: LeafType, nonce: bytes, said: Mapping[str, str], source: str
    ) -> str:
        """Commit to what is `said`, blinded by `nonce`; returns the position, empty where there is no log."""
        if self.leaves is None:
            return ""
        return str(await self.leaves.add(tx, act, commitment(nonce, digest(said)), source))
