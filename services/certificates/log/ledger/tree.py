"""A published tree: growing its right edge into new tiles, and reading hashes, entries and proofs from tiles."""

from collections.abc import Iterable, Sequence
from itertools import count

from services.certificates.log.ledger.errors import RefusedError
from services.certificates.log.ledger.merkle import (
    consistency_proof,
    fold,
    inclusion_proof,
    leaf_hash,
    node_hash,
    subtree_root,
)
from services.certificates.log.ledger.tiles import BITS, ENTRIES, WIDTH, Tile, TileStore, bundle


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root of 1, 2, 4 … hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def widths(size: int) -> list[int]:
    """Return how many hashes the last, partial tile of each level has in a tree of `size` leaves."""
    return [(size >> level) % WIDTH for level in range(0, max(size.bit_length(), 1), BITS)]


class Edge:
    """The right edge of a tree: the entries and hashes that are not yet in a full tile, level by level."""

    def __init__(self, size: int, hashes: list[list[bytes]], entries: list[bytes]) -> None:
        self.size = size
        self.hashes = hashes
        self.entries = entries

    @classmethod
    def read(cls, store: TileStore, size: int) -> "Edge":
        """Read the edge of the tree of `size` leaves; raises RefusedError where files do not fit each other."""
        hashes = [
            store.read(level, size >> BITS * (level + 1), width) if width else []
            for level, width in enumerate(widths(size))
        ]
        entries = store.read(ENTRIES, size // WIDTH, size % WIDTH) if size % WIDTH else []
        if [leaf_hash(entry) for entry in entries] != hashes[0]:
            raise RefusedError(f"{store.folder}: the last entries are not those that the last tile has")
        return cls(size, hashes, entries)

    def root(self) -> bytes:
        """Return the root of the tree."""
        roots = []
        for hashes in reversed(self.hashes):
            at = 0
            for power in reversed(range(BITS)):
                if len(hashes) >> power & 1:
                    roots.append(perfect_root(hashes[at : at + (1 << power)]))
                    at += 1 << power
        return fold(roots)

    def grow(self, entries: Sequence[bytes]) -> list[Tile]:
        """Append entries; returns every tile and bundle that is new."""
        tiles = self._bundles(entries)
        fresh = [leaf_hash(entry) for entry in entries]
        for level in count():
            if not fresh:
                break
            if level == len(self.hashes):
                self.hashes.append([])
            made, self.hashes[level] = _cut(self.size >> BITS * (level + 1), self.hashes[level] + fresh)
            tiles += [Tile(level, index, len(part), b"".join(part)) for index, part in made]
            fresh = [perfect_root(part) for _, part in made if len(part) == WIDTH]
        self.size += len(entries)
        return tiles

    def _bundles(self, entries: Sequence[bytes]) -> list[Tile]:
        made, self.entries = _cut(self.size // WIDTH, [*self.entries, *entries])
        return [Tile(ENTRIES, index, len(part), bundle(part)) for index, part in made]


def _cut(first: int, items: list[bytes]) -> tuple[list[tuple[int, list[bytes]]], list[bytes]]:
    """Cut items into tiles from tile `first` on; returns them by index, and what is in no full tile."""
    parts = [items[at : at + WIDTH] for at in range(0, len(items), WIDTH)]
    rest = parts[-1] if parts and len(parts[-1]) < WIDTH else []
    return list(enumerate(parts, first)), rest


class Tree:
    """The tree of `size` leaves, read from its tiles."""

    def __init__(self, store: TileStore, size: int) -> None:
        self.store = store
        self.size = size
        self.levels: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(self, level: int, number: int) -> bytes:
        """Return the root of the complete subtree of 2**level leaves that begins at leaf number * 2**level."""
        tile_level, inner = divmod(level, BITS)
        index, at = divmod(number << inner, WIDTH)
        return self._levels(tile_level, index)[inner][at >> inner]

    def entry(self, index: int) -> bytes:
        """Return the bytes of a leaf."""
        if not 0 <= index < self.size:
            raise ValueError(f"a tree of {self.size} leaves has no leaf {index}")
        return self._tile(ENTRIES, index // WIDTH)[index % WIDTH]

    def entries(self) -> Iterable[list[bytes]]:
        """Return the entries of all leaves, a bundle at a time."""
        return (self._tile(ENTRIES, index) for index in range(-(-self.size // WIDTH)))

    def root(self) -> bytes:
        """Return the root."""
        return subtree_root(0, self.size, self.node)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that leaf `index` is in this tree."""
        return inclusion_proof(index, self.size, self.node)

    def consistency(self, old: int) -> list[bytes]:
        """Return the proof that the tree of `old` leaves is the beginning of this one."""
        return consistency_proof(old, self.size, self.node)

    def _levels(self, level: int, index: int) -> list[list[bytes]]:
        """Return the hashes of a tile and, above them, those of the tree's levels that no tile holds."""
        found = self.levels.get((level, index))
        if found is None:
            found = [self._tile(level, index)]
            while len(found[-1]) > 1 and len(found) < BITS:
                found.append(list(map(node_hash, found[-1][::2], found[-1][1::2])))
            self.levels[level, index] = found
        return found

    def _tile(self, level: int, index: int) -> list[bytes]:
        hashes = self.size >> BITS * max(level, 0)
        return self.store.read(level, index, min(WIDTH, hashes - index * WIDTH))
