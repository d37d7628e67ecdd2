"""XLSX, XLS and their like as rows, opened by a child process of limited memory and time.

A spreadsheet is a stranger's archive: one of a few kilobytes can ask for billions of cells, or hand back gigabytes of
text. The child stops at its limits and the parent stops reading; the service does not suffer.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import IO, Any

import orjson

from services.kit.intake.cells import shown
from services.kit.intake.refusal import too_large, unreadable
from services.kit.intake.rows import NONE, Budget, Row

CHILD = Path(__file__).with_name("spreadsheet_child.py")
SECONDS = 90  # of the clock; the child's own limit is in seconds of the processor
MOST_BYTES = 80 * 2**20  # that one sheet may tell: more than the child's own limit, in case that fails
LONGEST = 60  # characters of a sheet's name that are told
KINDS = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls"}


def kind_of(content: bytes) -> str:
    """Return "xlsx" or "xls" by the first bytes of a file, "" for anything else."""
    return KINDS.get(content[:4], "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    hidden: bool
    empty: bool


@dataclass(slots=True)
class End:
    """What is known of a sheet after its last row, by row numbers; `cut` says why there are no further rows."""

    examined: bool
    cut: str = ""
    merged: list[int] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


class Book:
    """A workbook while its child is running: the sheets that people see, one after the other."""

    def __init__(self, output: IO[bytes]) -> None:
        self.output = output
        self.told = 0
        self.last: Any = None
        self.sheets = [Sheet(**sheet | {"name": sheet["name"][:LONGEST]}) for sheet in self._tell()["book"]]

    def next_sheet(self) -> str | None:
        """Pass to the next visible sheet with content; returns its name, None after the last one."""
        while (line := self._tell(optional=True)) is not None:
            if isinstance(line, dict) and "sheet" in line:
                self.told = 0
                return str(line["sheet"])[:LONGEST]
        return None

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the present sheet that have content; `end` is known afterwards."""
        budget = Budget()
        while isinstance(line := self._tell(), list):
            number, values = line
            budget.take(number, len(values))
            yield _row(number, values)
        self.last = line["end"]

    @property
    def end(self) -> End:
        """What is known of the sheet whose rows were read."""
        return End(**self.last)

    def _tell(self, *, optional: bool = False) -> Any:
        line = self.output.readline(MOST_BYTES)
        self.told += len(line)
        if self.told >= MOST_BYTES:
            raise too_large("The spreadsheet holds far more text than a list of its kind.")
        if not line and optional:
            return None
        if not line.endswith(b"\n"):
            raise unreadable(
                "The spreadsheet is damaged, protected by a password, or far too large to be read."
            )
        found = orjson.loads(line)
        if isinstance(found, dict) and "refused" in found:
            raise unreadable(f"The spreadsheet {found['refused']}.")
        return found


@contextmanager
def opened(content: bytes) -> Iterator[Book]:
    """Yield a workbook; raises UNREADABLE_FILE, FILE_TOO_LARGE, then or while it is read. The child ends with it."""
    command = [sys.executable, "-I", str(CHILD)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        timer = Timer(SECONDS, child.kill)
        timer.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(content)
                child.stdin.close()
            yield Book(child.stdout)
        finally:
            timer.cancel()
            child.kill()


def _row(number: int, values: list[Any]) -> Row:
    if all(type(value) is str for value in values):
        return Row(number, number, values, values)
    cells, marks = [], {}
    for position, value in enumerate(values):
        text, mark = shown(value)
        cells.append(text)
        if mark:
            marks[position] = mark
    return Row(number, number, cells, cells, marks or NONE)
