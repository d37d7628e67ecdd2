"""Files that are there whole or not at all, after a crash too, and for whoever reads meanwhile."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO


def replace(path: Path, data: bytes) -> None:
    """Write a file in place of what was there; one process at a time, readers see the old one or the new one."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        _write(file, data)
    fresh.replace(path)


def create(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a new file of this mode; where two processes come together, both find what the first one wrote."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
    try:
        with file:
            _write(file, data)
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # never replaces
    finally:
        fresh.unlink()


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
