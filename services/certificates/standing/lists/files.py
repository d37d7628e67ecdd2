"""Published lists as static files below one folder: `2026-1` and `2026-1.jwt`, each replaced whole."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.kit import files

LOCK = ".lock"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to the folder; blocks."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def store(folder: Path, list_id: str, credential: bytes, token: bytes) -> None:
    """Write both forms of a list, unless they are there already."""
    for name, content in ((list_id, credential), (f"{list_id}.jwt", token)):
        put(folder / name, content)


def publish(path: Path, content: bytes) -> None:
    """Write one file that several processes may write at their start."""
    with exclusive(path.parent):
        put(path, content)


def put(path: Path, content: bytes) -> None:
    """Write a file, unless it is there already."""
    if not path.exists() or path.read_bytes() != content:
        files.replace(path, content)
