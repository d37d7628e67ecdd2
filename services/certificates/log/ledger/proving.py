"""Proofs of published leaves: where a leaf stands, in which tree it is proven, and who vouches for that tree."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from services.certificates.log.ledger.checkpoint import checkpoint_from
from services.certificates.log.ledger.errors import UnverifiedError
from services.certificates.log.ledger.note import Note
from services.certificates.log.ledger.proof import proof_text
from services.certificates.log.ledger.shard import Shard


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """Where a leaf stands; written `certificates.example/log/2026#17`."""

    origin: str
    index: int

    def __str__(self) -> str:
        return f"{self.origin}#{self.index}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read what `str` has written."""
        origin, _, index = text.rpartition("#")
        return cls(origin, int(index))


class Trust(StrEnum):
    """Whether anybody but the issuer vouches for a tree."""

    WITNESSED = "witnessed"
    UNWITNESSED = "unwitnessed"


class Inclusion(NamedTuple):
    """A proof file for one leaf, and the checkpoint in it."""

    position: Position
    leaf: bytes
    proof: str
    checkpoint: str
    size: int
    trust: Trust


class Proving:
    """One published tree from which proofs are made; it has the leaf `last` where any published one has."""

    def __init__(self, shard: Shard, last: int) -> None:
        note, trust = _best(shard, last)
        self.checkpoint = str(note)
        self.trust = trust
        self.tree = shard.tree(checkpoint_from(note.text).size)

    def inclusion(self, position: Position) -> Inclusion:
        """Return the proof of one leaf."""
        tree, index = self.tree, position.index
        if index >= tree.size:
            raise UnverifiedError(f"{position} is not published yet")
        proof = proof_text(index, tree.inclusion(index), self.checkpoint)
        return Inclusion(position, tree.entry(index), proof, self.checkpoint, tree.size, self.trust)


def _best(shard: Shard, index: int) -> tuple[Note, Trust]:
    """Return the witnessed checkpoint where it has the leaf, else the newest one."""
    note = shard.witnessed()
    if note is not None and checkpoint_from(note.text).size > index:
        return note, Trust.WITNESSED
    return shard.note(), Trust.UNWITNESSED
