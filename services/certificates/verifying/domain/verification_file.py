"""A list of certificates as employers keep it: messy headings, odd cells, CSV in any encoding, or JSON by line.

Rows are counted as a person does: the first one of the file is 1, the heading included. Blank rows do not count.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from services.certificates.reasons import Reason
from services.kit.errors import AppError, invalid
from services.kit.values.text import clean

NUMBER = (
    "证书编号",
    "证书号码",
    "证书号",
    "编号",
    "number",
    "certificatenumber",
    "certificateno",
    "certno",
    "no",
)
NAME = ("姓名", "持证人", "持证人姓名", "员工姓名", "名字", "name", "holder", "holdername", "fullname")
NOISE = re.compile(r"[\s*_\-.()（）:：/]|必填|选填")
DELIMITERS = ",\t;"
DEEPEST = 20  # rows in which the heading is looked for
LONGEST_NUMBER = 60
LONGEST_NAME = 200
EXACT = 10**15  # numbers of more digits are rounded by spreadsheets

Cells = Sequence[Any]


class Problem(IntEnum):
    """Why a row cannot be verified; the numbers equal those of `shuzheng.certificates.v1.RowProblem`."""

    NUMBER_MISSING = 1
    NAME_MISSING = 2
    TOO_LONG = 3
    NUMBER_ROUNDED = 4
    NOT_A_RECORD = 5


class FileRow(NamedTuple):
    """One row with content; number and name are cleaned."""

    row: int
    number: str
    name: str
    problem: Problem | None = None


def unreadable(message: str) -> AppError:
    """The file as a whole cannot be used."""
    return invalid(Reason.UNREADABLE_FILE, message)


def rows_of_text(content: bytes) -> list[FileRow]:
    """Read CSV or NDJSON; raises UNREADABLE_FILE."""
    text = _decode(content)
    if "\x00" in text:
        raise unreadable("The file is neither text nor a spreadsheet.")
    if text.lstrip().startswith("{"):
        return list(_records(text))
    return rows_of_sheets([_csv(text)])


def rows_of_sheets(sheets: Iterable[Sequence[Cells]]) -> list[FileRow]:
    """Read the first sheet that has a heading row with number and name; raises UNREADABLE_FILE."""
    for sheet in sheets:
        for index, cells in enumerate(sheet[:DEEPEST]):
            columns = _columns(cells)
            if columns is not None:
                body = enumerate(sheet[index + 1 :], index + 2)
                return [_row(row, *_picked(cells, columns)) for row, cells in body if _any(cells)]
    wanted = f"{NUMBER[0]} (number) and {NAME[0]} (name)"
    raise unreadable(f"No heading row with {wanted} was found in the first {DEEPEST} rows.")


def _decode(content: bytes) -> str:
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("The file is neither UTF-8 nor GBK text, nor a spreadsheet.")


def _csv(text: str) -> list[list[str]]:
    delimiter = max(DELIMITERS, key=text[:4096].count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise unreadable(f"The file is no CSV: {error}.") from None


def _records(text: str) -> Iterator[FileRow]:
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _record(row, line)


def _record(row: int, line: str) -> FileRow:
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        return FileRow(row, "", "", Problem.NOT_A_RECORD)
    columns = _columns(list(members)) or (None, None)
    values = list(members.values())
    return _row(row, *("" if column is None else values[column] for column in columns))


def _columns(headings: Cells) -> tuple[int, int] | None:
    known = [
        NOISE.sub("", clean(heading)).casefold() if isinstance(heading, str) else "" for heading in headings
    ]
    number = next((known.index(word) for word in NUMBER if word in known), None)
    name = next((known.index(word) for word in NAME if word in known), None)
    return None if number is None or name is None else (number, name)


def _picked(cells: Cells, columns: tuple[int, int]) -> tuple[Any, Any]:
    number, name = (cells[column] if column < len(cells) else "" for column in columns)
    return number, name


def _any(cells: Cells) -> bool:
    return any(cell not in ("", None) and str(cell).strip() for cell in cells)


def _row(row: int, number: Any, name: Any) -> FileRow:
    if isinstance(number, int | float) and not isinstance(number, bool) and abs(number) >= EXACT:
        return FileRow(row, "", _text(name)[:LONGEST_NAME], Problem.NUMBER_ROUNDED)
    read, holder = _text(number), _text(name)
    if len(read) > LONGEST_NUMBER or len(holder) > LONGEST_NAME:
        return FileRow(row, read[:LONGEST_NUMBER], holder[:LONGEST_NAME], Problem.TOO_LONG)
    problem = Problem.NUMBER_MISSING if not read else Problem.NAME_MISSING if not holder else None
    return FileRow(row, read, holder, problem)


def _text(cell: Any) -> str:
    """Return a cell as a person sees it: no `.0` after whole numbers, no half characters, no invisible ones."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if cell is None or isinstance(cell, bool | dict | list):
        return ""
    return clean(str(cell).encode("utf-8", "ignore").decode("utf-8"))
