"""The Merkle tree of RFC 6962, section 2.1: hashes, frontier, proofs and their verification (RFC 9162).

Proofs are built from `node(level, number)`, the root of the complete subtree of 2**level leaves that begins at
leaf number * 2**level; where that comes from (tiles, memory) is the caller's business.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from services.certificates.log.ledger.errors import MalformedError

HASH = 32  # bytes
EMPTY_ROOT = sha256(b"").digest()
Node = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two siblings."""
    return sha256(b"\1" + left + right).digest()


def fold(roots: Iterable[bytes]) -> bytes:
    """Return the root of a tree from the roots of its complete subtrees, largest first."""
    stack = list(roots)
    root = stack.pop() if stack else EMPTY_ROOT
    while stack:
        root = node_hash(stack.pop(), root)
    return root


class Frontier:
    """All that is needed to append to a tree: the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, roots: bytes = b"") -> None:
        if len(roots) != HASH * size.bit_count():
            raise MalformedError(f"a frontier of size {size} has {size.bit_count()} roots")
        self.size = size
        self.roots = [roots[at : at + HASH] for at in range(0, len(roots), HASH)]

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of many leaves."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Return the root of the tree."""
        return fold(self.roots)

    def encode(self) -> bytes:
        """Return the roots as one string of bytes."""
        return b"".join(self.roots)


def split(size: int) -> int:
    """Return the largest power of two below `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree_root(start: int, end: int, node: Node) -> bytes:
    """Return MTH(D[start:end]) for a subtree that RFC 6962's splits produce."""
    roots = []
    while start < end:
        level = (end - start).bit_length() - 1
        roots.append(node(level, start >> level))
        start += 1 << level
    return fold(roots)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return PATH(index, D[size]), the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """Return PROOF(old, D[new]); empty from size 0 and between equal sizes."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves does not come before one of {new}")
    start, end, path = 0, new, []
    while 0 < old < end:
        middle = start + split(end - start)
        if old <= middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    if start:
        path.append(subtree_root(start, end, node))
    return path[::-1]


def inclusion_holds(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` leads from a leaf's hash to the root of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            at, last = _climb(at, last)
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the tree of `old` leaves begins the tree of `new` leaves (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof or not 0 < old < new:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            at, last = _climb(at, last)
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _climb(at: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a node on the right edge has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last
