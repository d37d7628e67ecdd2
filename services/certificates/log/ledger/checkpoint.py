"""Checkpoints (c2sp.org/tlog-checkpoint): origin, size and root of a log, as the text of a signed note."""

from typing import NamedTuple

from services.certificates.log.ledger.errors import MalformedError
from services.certificates.log.ledger.merkle import HASH
from services.certificates.log.ledger.note import decode, encode, number


class Checkpoint(NamedTuple):
    """A tree head."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "\n".join((self.origin, str(self.size), encode(self.root), *self.extensions)) + "\n"


def checkpoint_from(text: str) -> Checkpoint:
    """Read the text of a checkpoint; raises MalformedError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise MalformedError("a checkpoint is at least three lines, none of them empty")
    origin, size, root, *extensions = lines
    found = Checkpoint(origin, number(size), decode(root), tuple(extensions))
    if len(found.root) != HASH:
        raise MalformedError("a root hash has 32 bytes")
    return found
