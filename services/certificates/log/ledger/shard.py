"""One yearly log on the disk: tiles first, then the signed checkpoint; the only place that signs for the log.

Its methods block (files, fsync); the sequencer calls them in a thread, one at a time.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from services.certificates.log.ledger.checkpoint import Checkpoint, checkpoint_from
from services.certificates.log.ledger.errors import RefusedError
from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.merkle import EMPTY_ROOT, Frontier
from services.certificates.log.ledger.note import Note, parse
from services.certificates.log.ledger.signatures import NoteSigner, verify
from services.certificates.log.ledger.tiles import Tile, TileStore
from services.certificates.log.ledger.tree import Edge, Tree
from services.certificates.log.storage.log import State, Stored

CHECKPOINT = "checkpoint"
WITNESSED = "checkpoint.witnessed"
VKEYS = "vkeys"


def empty_state(origin: str) -> State:
    """Return the state of a log without leaves."""
    return State(origin, 0, EMPTY_ROOT, b"")


def grown(state: State, leaves: Sequence[Stored]) -> State:
    """Return the state that more leaves lead to."""
    frontier = Frontier(state.size, state.frontier)
    frontier.extend(leaf.leaf_hash for leaf in leaves)
    return State(state.origin, frontier.size, frontier.root(), frontier.encode())


class Shard:
    """The files of one origin, and the keys that sign for it."""

    def __init__(self, origin: str, folder: Path, keys: LogKeys, seconds: Callable[[], int]) -> None:
        self.origin = origin
        self.keys = keys
        self.seconds = seconds
        self.tiles = TileStore(folder)
        self.edge: Edge | None = None
        self.signers: list[NoteSigner] = []
        self.written: list[Tile] = []

    def open(self, size: int) -> None:
        """Read the keys; a log of no leaves that is new here gets its empty checkpoint."""
        self.signers = self.signers or self.keys.signers(self.origin)
        if self.tiles.text(VKEYS) is None:
            self.tiles.write_text(VKEYS, "".join(f"{signer.key.vkey}\n" for signer in self.signers))
        if size == 0 and self.tiles.text(CHECKPOINT) is None:
            self._sign(Checkpoint(self.origin, 0, EMPTY_ROOT))

    def note(self) -> Note:
        """Return the newest checkpoint, with whatever cosignatures it has."""
        text = self.tiles.text(CHECKPOINT)
        if text is None:
            folder = self.tiles.folder
            raise RefusedError(f"{folder} has no checkpoint; restore the log's folder from its copy")
        return parse(text)

    def head(self) -> Checkpoint:
        """Return the newest published tree head."""
        return checkpoint_from(self.note().text)

    def published(self) -> Checkpoint:
        """Return the newest published tree head, that of the empty tree where there is none yet."""
        begun = self.tiles.text(CHECKPOINT) is not None
        return self.head() if begun else Checkpoint(self.origin, 0, EMPTY_ROOT)

    def witnessed(self) -> Note | None:
        """Return the newest checkpoint that a quorum of witnesses has cosigned, None where there is none."""
        text = self.tiles.text(WITNESSED)
        return parse(text) if text is not None else None

    def check(self, state: State) -> None:
        """Compare the published files with the database's tree; raises RefusedError, UnverifiedError."""
        note, head = self.note(), self.head()
        verify(note, self.keys.public(self.origin))
        database = Frontier(state.size, state.frontier).root()
        roots = {"database": database, "state": state.root, "checkpoint": head.root}
        if head.size == state.size:
            roots["tiles"] = Edge.read(self.tiles, state.size).root()
        if (head.origin, head.size) != (self.origin, state.size) or len(set(roots.values())) > 1:
            raise RefusedError(self._difference(state, head, roots))

    def _difference(self, state: State, head: Checkpoint, roots: dict[str, bytes]) -> str:
        found = ", ".join(f"{name} {root.hex()[:16]}" for name, root in roots.items())
        return (
            f"log {self.origin}: the database ({state.size} leaves) and {self.tiles.folder} "
            f"({head.origin}, {head.size} leaves) hold different trees; roots: {found}. "
            "Nothing is signed until the older of the two is restored to fit the newer."
        )

    def publish(self, state: State, leaves: Sequence[Stored]) -> State:
        """Write the tiles of more leaves, then sign and write the checkpoint; returns the new state.

        The root is computed twice, from the database's frontier and from the tiles; unequal roots are never signed.
        """
        edge, self.edge = self.edge or Edge.read(self.tiles, state.size), None
        if edge.size != state.size or edge.root() != state.root:
            raise RefusedError(f"log {self.origin}: the tiles are not those of the database's tree")
        after = grown(state, leaves)
        self.written = edge.grow([leaf.leaf for leaf in leaves])
        if edge.root() != after.root:
            raise RefusedError(
                f"log {self.origin}: leaves and their stored hashes differ; nothing was signed"
            )
        self.tiles.write(self.written)
        self._sign(Checkpoint(self.origin, after.size, after.root))
        self.edge = edge
        return after

    def settle(self) -> None:
        """Remove what the last publication has replaced; after its state is committed."""
        self.tiles.drop_partials(self.written)
        self.written = []

    def keep_cosigned(self, note: Note, *, quorum: bool) -> None:
        """Store a cosigned checkpoint: as the witnessed one, and as the newest where it still is."""
        if quorum:
            self.tiles.write_text(WITNESSED, str(note))
        if self.note().text == note.text:
            self.tiles.write_text(CHECKPOINT, str(note))

    def tree(self, size: int) -> Tree:
        """Return the published tree of that size, for proofs."""
        return Tree(self.tiles, size)

    def _sign(self, head: Checkpoint) -> None:
        now = self.seconds()
        signatures = tuple(signer.sign(head.text, now) for signer in self.signers)
        self.tiles.write_text(CHECKPOINT, str(Note(head.text, signatures)))
