"""Published lists as static files below one folder: `2026-1` and `2026-1.jwt`, each replaced whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        replace(folder / name, content)


def publish(path: Path, content: bytes) -> None:
    """Write one file that several processes may write at their start."""
    with exclusive(path.parent):
        replace(path, content)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole, unless it is there already; readers see the old one or the new one."""
    if path.exists() and path.read_bytes() == content:
        return
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
