"""The rejects file: refused rows as they were sent, the reasons beside them, to be corrected and sent again.

The reasons stand in the first columns, so that rows of any length keep their own; reading knows them by their
headings and leaves them out. Numbers that a spreadsheet would round are guarded, formulas are inert, and reading
undoes both.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.kit.intake.cells import kept
from services.kit.intake.headings import REASONS
from services.kit.intake.records import object_of
from services.kit.intake.rows import Row
from services.kit.intake.table import Table

BOM = "\ufeff"
PART = 256 * 2**10  # bytes


@dataclass(frozen=True, slots=True)
class Reject:
    """One problem of one row; `field` is "" for the whole row, the message never quotes what is private."""

    row: int
    field: str
    reason: str
    message: str


Refused = Iterable[tuple[Row, Sequence[Reject]]]
Explain = Callable[[str, str], str]  # reason, message → what people read


def file(table: Table, rejects: Iterable[Reject], explain: Explain) -> Iterator[bytes]:
    """Yield the parts of the rejects file of a table, in the order of its rows; none where nothing was refused.

    CSV in UTF-8 with byte order mark; JSON by line where that was sent. Columns are called as the file calls them.
    """
    problems: dict[int, list[Reject]] = {}
    for reject in rejects:
        problems.setdefault(reject.row, []).append(reject)
    refused = ((row, problems[row.number]) for row in table.rows if row.number in problems)
    told = Told(table, explain)
    write = _records if table.is_records else _table
    return parts(write(table.header.row, told, refused)) if problems else iter(())


def _table(header: Row, told: "Told", refused: Refused) -> Iterator[str]:
    line = Line()
    yield BOM + line.of([*REASONS, *map(kept, header.sent)])
    for row, problems in refused:
        yield line.of([*told.of(row, problems), *map(kept, row.sent)])


def _records(header: Row, told: "Told", refused: Refused) -> Iterator[str]:
    """Yield lines of JSON, the reasons as further members; a line that is no object stays as it was sent."""
    for row, problems in refused:
        members = object_of(row.sent[0])
        added = dict(zip(REASONS, told.of(row, problems), strict=True))
        line = row.sent[0] if members is None else json.dumps({**members, **added}, ensure_ascii=False)
        yield f"{line}\n"


class Told:
    """What the first columns say of a row."""

    def __init__(self, table: Table, explain: Explain) -> None:
        self.headings = {column.field: column.heading for column in table.header.known}
        self.explain = explain

    def of(self, row: Row, problems: Sequence[Reject]) -> list[str]:
        """Return the cells: number of the row, columns, reasons, sentences."""
        columns = dict.fromkeys(self._column(one) for one in problems if one.field)
        reasons = dict.fromkeys(str(one.reason) for one in problems)
        sentences = (self._sentence(one) for one in problems)
        return [str(row.number), "; ".join(columns), "; ".join(reasons), "; ".join(sentences)]

    def _column(self, problem: Reject) -> str:
        return self.headings.get(problem.field, problem.field)

    def _sentence(self, problem: Reject) -> str:
        said = self.explain(str(problem.reason), problem.message)
        return f"{self._column(problem)}: {said}" if problem.field else said


class Line:
    """Lines of CSV, one at a time."""

    def __init__(self) -> None:
        self.written = ""
        self.writer = csv.writer(self)

    def write(self, text: str) -> None:
        """Take what the writer writes."""
        self.written = text

    def of(self, cells: Sequence[str]) -> str:
        """Return cells as a line."""
        self.writer.writerow(cells)
        return self.written


def parts(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield a file of text in parts of at most `PART` bytes, which may end within a character."""
    waiting = bytearray()
    for line in lines:
        waiting += line.encode("utf-8", "backslashreplace")
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)
