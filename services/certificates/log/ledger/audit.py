"""Reading a whole published log again: every entry, every tile, the root and the signatures."""

from pathlib import Path
from typing import NamedTuple

from services.certificates.log.ledger.checkpoint import checkpoint_from
from services.certificates.log.ledger.errors import LogError, MalformedError, RefusedError, UnverifiedError
from services.certificates.log.ledger.leaf import leaf_from
from services.certificates.log.ledger.note import Key, parse
from services.certificates.log.ledger.shard import CHECKPOINT
from services.certificates.log.ledger.signatures import verify
from services.certificates.log.ledger.tiles import ENTRIES, WIDTH, Tile, TileStore, bundle
from services.certificates.log.ledger.tree import Edge, Tree

MOST = 100  # findings that are listed


class Audit(NamedTuple):
    """What an audit found; a log without findings is whole."""

    origin: str
    size: int
    root: bytes
    findings: list[str]


def audit(folder: Path, keys: list[Key]) -> Audit:
    """Read the log in `folder` from its files alone; every one of `keys` must have signed it."""
    store = TileStore(folder)
    note = parse(store.text(CHECKPOINT) or "")
    head = checkpoint_from(note.text)
    findings: list[str] = []
    try:
        if {found.key for found in verify(note, keys)} != set(keys):
            raise UnverifiedError("the checkpoint lacks a signature")
        if _read(Tree(store, head.size), findings) != head.root:
            raise UnverifiedError("the entries do not lead to the root of the checkpoint")
    except LogError as error:
        findings.append(str(error))
    return Audit(head.origin, head.size, head.root, findings[:MOST])


def _read(tree: Tree, findings: list[str]) -> bytes:
    """Grow the tree again from its entries, comparing every tile; returns the root."""
    edge, partial = Edge(0, [[]], []), {}
    for entries in tree.entries():
        findings += _unreadable(entries, edge.size)
        for tile in edge.grow(entries):
            partial[tile.level] = tile
            if tile.width == WIDTH:
                findings += _differences(tree.store, partial.pop(tile.level))
    for tile in partial.values():
        findings += _differences(tree.store, tile)
    return edge.root()


def _differences(store: TileStore, tile: Tile) -> list[str]:
    try:
        found = store.read(tile.level, tile.index, tile.width)
    except RefusedError as error:
        return [str(error)]
    same = (bundle(found) if tile.level == ENTRIES else b"".join(found)) == tile.data
    return [] if same else [f"{tile.path} does not follow from the entries"]


def _unreadable(entries: list[bytes], start: int) -> list[str]:
    found = []
    for index, entry in enumerate(entries, start):
        try:
            leaf_from(entry)
        except MalformedError as error:
            found.append(f"leaf {index}: {error}")
    return found
