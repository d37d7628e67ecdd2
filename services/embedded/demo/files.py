"""The files in examples/demo as the demo reads them."""

import csv
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from services.kit.errors import unavailable

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "demo"


def scenario() -> dict[str, Any]:
    """Return what is played; raises UNAVAILABLE where the examples were not installed beside the program."""
    if not FOLDER.is_dir():
        raise unavailable(f"{FOLDER} is not there: run the demo from a checkout of the sources.")
    return tomllib.loads((FOLDER / "scenario.toml").read_text("utf-8"))


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file by heading."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def content(name: str) -> bytes:
    """Return a file as it is."""
    return (FOLDER / name).read_bytes()


def day(value: date | str) -> dict[str, int]:
    """Return a day as the fields of google.type.Date."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return {"year": found.year, "month": found.month, "day": found.day}
