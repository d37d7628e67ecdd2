"""`endpoints.json` of a data folder: where the running services answer, for clients on the same machine."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from services.client.endpoints import ENDPOINTS_FILE
from services.kit.errors import AppError, Kind

LOCK_FILE = "embedded.lock"


def write(folder: Path, addresses: Mapping[str, str], broker: str) -> None:
    """Tell clients where the services answer; readers never see half a file."""
    temporary = folder / f".{ENDPOINTS_FILE}.{os.getpid()}"
    told = {"pid": os.getpid(), "broker": broker, "services": dict(addresses)}
    temporary.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    temporary.replace(folder / ENDPOINTS_FILE)


def remove(folder: Path) -> None:
    """Tell clients that nothing answers any more."""
    (folder / ENDPOINTS_FILE).unlink(missing_ok=True)


def lock(folder: Path) -> IO[str]:
    """Take the data folder for this process until the file is closed; raises ALREADY_EXISTS where it is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / LOCK_FILE).open("w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        message = f"Another embedded system runs on {folder}; stop it, or give another --data-dir."
        raise AppError(Kind.ALREADY_EXISTS, "ALREADY_RUNNING", message) from None
    return file
