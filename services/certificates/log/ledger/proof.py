"""Proof files (c2sp.org/tlog-proof): that a leaf is in a signed, witnessed tree, checked without any network."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.certificates.log.ledger.checkpoint import Checkpoint, checkpoint_from
from services.certificates.log.ledger.errors import MalformedError, UnverifiedError
from services.certificates.log.ledger.merkle import HASH, inclusion_holds, leaf_hash
from services.certificates.log.ledger.note import Note, decode, encode, number, parse
from services.certificates.log.ledger.policy import Policy

HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file, read but not verified."""

    index: int
    path: tuple[bytes, ...]
    note: Note
    head: Checkpoint
    extra: bytes = b""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof has shown: the leaf is at `index` of the tree `head`, cosigned by `witnesses`."""

    index: int
    head: Checkpoint
    witnesses: list[str]


def proof_text(index: int, path: Sequence[bytes], checkpoint: str, extra: bytes = b"") -> str:
    """Write a proof file; `checkpoint` is the signed note."""
    lines = [HEADER, *([f"extra {encode(extra)}"] if extra else []), f"index {index}"]
    return "\n".join([*lines, *(encode(sibling) for sibling in path), "", checkpoint])


def proof_from(text: str) -> Proof:
    """Read a proof file; raises MalformedError."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise MalformedError(f"a proof begins with {HEADER}")
    extra = decode(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else b""
    if not lines or not lines[0].startswith("index "):
        raise MalformedError("a proof tells the index of its leaf")
    index = number(lines.pop(0).removeprefix("index "))
    path = tuple(decode(line) for line in lines)
    if len(path) > LONGEST_PATH or any(len(sibling) != HASH for sibling in path):
        raise MalformedError("a path has up to 63 hashes of 32 bytes")
    note = parse(checkpoint)
    return Proof(index, path, note, checkpoint_from(note.text), extra)


def verify_proof(text: str, leaf: bytes, policy: Policy) -> Proven:
    """Check a proof file for a leaf; raises MalformedError or UnverifiedError."""
    proof = proof_from(text)
    witnesses = policy.verify(proof.note, proof.head.origin)
    if not inclusion_holds(leaf_hash(leaf), proof.index, proof.head.size, proof.path, proof.head.root):
        raise UnverifiedError("the proof does not lead from this leaf to the root of the checkpoint")
    return Proven(proof.index, proof.head, witnesses)
