"""Reads a published transparency log (C2SP tlog-tiles) from files alone, written from the specifications.

It shares nothing with the service that writes the log, so a mistake there is not repeated here.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

WIDTH = 256
ED25519, ML_DSA_44 = 0x01, 0x06
TIME = 8  # bytes of the time before an ML-DSA-44 cosignature
MEMBERS = {"b", "c", "p", "t", "v"}


class LogProblem(Exception):
    """Something that must not be in a log."""


@dataclass(frozen=True)
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes], ...]


class Leaf(NamedTuple):
    """What a leaf tells: its type and its commitment."""

    type: str
    commitment: bytes


@dataclass
class Reading:
    """What was found: the head, how many leaves of which type, the leaves in their order, and every problem."""

    head: Head
    leaves: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    entries: list[Leaf] = field(default_factory=list)


def read_log(folder: Path, vkeys: list[str]) -> Reading:
    """Read one year again from its entries; raises LogProblem where it has no checkpoint that can be read."""
    head = read_head(folder / "checkpoint")
    found = Reading(head)
    found.problems += unsigned(head, vkeys)
    try:
        leaves = list(entries(folder, head.size))
    except LogProblem as problem:
        found.problems.append(str(problem))
        return found
    if root([leaf_hash(leaf) for leaf in leaves]) != head.root:
        found.problems.append("the entries do not lead to the root of the checkpoint")
    for index, leaf in enumerate(leaves):
        try:
            read = leaf_of(leaf)
        except LogProblem as problem:
            read = Leaf("", b"")
            found.problems.append(f"leaf {index}: {problem}")
        found.entries.append(read)
        found.leaves[read.type] += bool(read.type)
    return found


def extends(folder: Path, earlier: Head) -> bool:
    """Tell whether the tree of `earlier` is the beginning of the log in `folder`."""
    leaves = [leaf_hash(leaf) for leaf in entries(folder, earlier.size)]
    return root(leaves) == earlier.root


def read_head(file: Path) -> Head:
    """Read a checkpoint; its signatures are not looked at."""
    try:
        text, _, rest = file.read_text("utf-8").rpartition("\n\n")
        origin, size, encoded = text.split("\n")[:3]
        lines = [line.removeprefix("\u2014 ").rpartition(" ") for line in rest.splitlines()]
        signatures = tuple((name, base64.b64decode(value, validate=True)) for name, _, value in lines)
        return Head(origin, int(size), base64.b64decode(encoded, validate=True), text + "\n", signatures)
    except (OSError, ValueError) as error:
        raise LogProblem(f"{file.name}: no checkpoint ({error})") from None


def unsigned(head: Head, vkeys: list[str]) -> Iterator[str]:
    """Yield the keys of the log that have not signed; there must be one at least."""
    keys = [vkey for vkey in vkeys if vkey.startswith(f"{head.origin}+")]
    if not keys:
        yield f"no key of {head.origin} is known"
    for vkey in keys:
        if not any(_holds(vkey, head, name, value) for name, value in head.signatures):
            yield f"the checkpoint lacks a signature by {vkey[:60]}…"


def _holds(vkey: str, head: Head, name: str, value: bytes) -> bool:
    try:
        own, key_id, encoded = vkey.split("+", 2)
        material = base64.b64decode(encoded, validate=True)
        kind, public, signature = material[0], material[1:], value[4:]
        if name != own or value[:4].hex() != key_id:
            return False
        if kind == ED25519:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, head.text.encode())
        elif kind == ML_DSA_44:
            message = _subtree(own, head, signature[:TIME])
            MLDSA44PublicKey.from_public_bytes(public).verify(signature[TIME:], message)
        else:
            return False
    except (InvalidSignature, ValueError, IndexError):
        return False
    return True


def _subtree(name: str, head: Head, time: bytes) -> bytes:
    """Return what an ML-DSA-44 cosigner signs of a whole tree (c2sp.org/tlog-cosignature)."""
    texts = [len(text.encode()).to_bytes(1) + text.encode() for text in (name, head.origin)]
    sizes = (0).to_bytes(8) + head.size.to_bytes(8)
    return b"subtree/v1\n\0" + texts[0] + time + texts[1] + sizes + head.root


def entries(folder: Path, size: int) -> Iterator[bytes]:
    """Yield the first `size` leaves; raises LogProblem where one is missing."""
    for start in range(0, size, WIDTH):
        width = min(WIDTH, size - start)
        leaves = unbundle(_bundle(folder, start // WIDTH, width))
        if len(leaves) < width:
            raise LogProblem(f"entries from {start} on: {len(leaves)} of {width}")
        yield from leaves[:width]


def _bundle(folder: Path, index: int, width: int) -> bytes:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    full = folder / "tile" / "entries" / "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    part = full.with_name(f"{full.name}.p") / str(width)
    for file in (full, part):
        if file.is_file():
            return file.read_bytes()
    raise LogProblem(f"{part.relative_to(folder)} is missing")


def unbundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle, each after its length in two bytes."""
    found, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        found.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise LogProblem("an entry bundle that ends within an entry")
    return found


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962)."""
    return sha256(b"\x00" + leaf).digest()


def root(hashes: list[bytes]) -> bytes:
    """Return the root over leaf hashes (RFC 6962)."""
    if not hashes:
        return sha256().digest()
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return hashes[0]


def leaf_of(leaf: bytes) -> Leaf:
    """Return what a leaf tells; raises LogProblem for one that holds more, or less, than it may."""
    try:
        members = json.loads(leaf)
        well = set(members) == MEMBERS and all(isinstance(value, str) for value in members.values())
        blinded = base64.urlsafe_b64decode(members["c"] + "=")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LogProblem("no leaf of this log") from None
    if not well or len(blinded) != 32 or members["v"] != "1" or len(leaf) >= 200:
        raise LogProblem("no leaf of this log")
    return Leaf(str(members["t"]), blinded)
