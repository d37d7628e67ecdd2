"""Tiles and entry bundles (c2sp.org/tlog-tiles) as files: written once, whole, and never changed.

A file appears under its name only when its bytes are on the disk; other bytes under the same name are refused.
"""

import contextlib
import fcntl
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from services.certificates.log.ledger.errors import MalformedError, RefusedError
from services.certificates.log.ledger.merkle import HASH
from services.kit import files

WIDTH = 256  # hashes of a full tile
BITS = 8  # levels of the tree in one level of tiles
ENTRIES = -1  # the level of entry bundles
KEPT = 512  # full tiles kept in memory


@dataclass(frozen=True, slots=True)
class Tile:
    """Consecutive hashes of one level, or the entries below those of level 0."""

    level: int
    index: int
    width: int
    data: bytes

    @property
    def path(self) -> str:
        """Where it is served."""
        return tile_path(self.level, self.index, self.width)


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return tile/L/x001/x234/067, with .p/W behind where the tile is not full."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    part = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level == ENTRIES else level}/{name}{part}"


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries as an entry bundle: each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle; raises MalformedError."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            raise MalformedError("an entry bundle that ends in the middle of an entry")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def hashes_of(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


class TileStore:
    """The folder of one log; only who holds `lock` may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.full = lru_cache(maxsize=KEPT)(self._full)
        self.held: IO[bytes] | None = None

    def lock(self) -> bool:
        """Become the only writer until `unlock` or the end of the process; False where another one is."""
        if self.held is not None:
            return True
        self.folder.mkdir(parents=True, exist_ok=True)
        file = (self.folder / ".lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self.held = file
        return True

    def unlock(self) -> None:
        """Let another process write."""
        if self.held is not None:
            self.held.close()
            self.held = None

    def write(self, tiles: Iterable[Tile]) -> None:
        """Write tiles that are not there yet; returns when all of them are on the disk."""
        folders = set()
        for tile in tiles:
            path = self.folder / tile.path
            if not self._same(path, tile.data):
                folders.update(self._make(path.parent))
                files.replace(path, tile.data)
        for folder in sorted(folders):
            files.sync(folder)

    def write_text(self, name: str, text: str) -> None:
        """Replace a file that may change, such as `checkpoint`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        files.replace(self.folder / name, text.encode())
        files.sync(self.folder)

    def text(self, name: str) -> str | None:
        """Return such a file, None where there is none."""
        try:
            return (self.folder / name).read_text("utf-8")
        except FileNotFoundError:
            return None

    def read(self, level: int, index: int, width: int = WIDTH) -> list[bytes]:
        """Return the hashes or entries of a tile; raises RefusedError where it is missing or cut."""
        if width < WIDTH:
            path = self.folder / tile_path(level, index, width)
            with contextlib.suppress(FileNotFoundError):  # then it was removed because the full one is there
                return _parts(path, level, width)
        return self.full(level, index)[:width]

    def drop_partials(self, tiles: Iterable[Tile]) -> None:
        """Remove the partial tiles that full ones among `tiles` have replaced."""
        for tile in tiles:
            folder = (self.folder / tile.path).with_suffix(".p")
            if tile.width == WIDTH and folder.is_dir():
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()

    def _full(self, level: int, index: int) -> list[bytes]:
        path = self.folder / tile_path(level, index)
        try:
            return _parts(path, level, WIDTH)
        except FileNotFoundError:
            raise RefusedError(f"{path} is missing; restore the log's folder from its copy") from None

    def _same(self, path: Path, data: bytes) -> bool:
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            return False
        if found != data:
            raise RefusedError(f"{path} was published with other bytes; the log would contradict itself")
        return True

    def _make(self, folder: Path) -> list[Path]:
        """Make the folder; returns every folder that must be synced for a new file in it."""
        made = [folder]
        while not folder.exists():
            folder = folder.parent
            made.append(folder)
        made[0].mkdir(parents=True, exist_ok=True)
        return made


def _parts(path: Path, level: int, width: int) -> list[bytes]:
    data = path.read_bytes()
    found = unbundle(data) if level == ENTRIES else hashes_of(data)
    if len(found) != width or (level != ENTRIES and len(data) != width * HASH):
        raise RefusedError(f"{path} is cut: it has {len(found)} instead of {width} parts")
    return found
