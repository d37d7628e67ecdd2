"""CSV as spreadsheets and systems write it: cells parted by comma, tab, semicolon or bar, quoted or not."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from services.kit.errors import AppError
from services.kit.intake.headings import REASONS
from services.kit.intake.notice import Notice, NoticeCode
from services.kit.intake.refusal import too_large, unreadable
from services.kit.intake.rows import Budget, Row, trimmed

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
DECLARED = re.compile(r"sep=([,;\t|])\s*")
QUOTED = re.compile(r'"[^"]*"')
LINES_LOOKED_AT = 50
MOST_LINES = 2_000_000  # blank ones included: a sheet saved as CSV has a million of them at most


def read(text: str) -> tuple[list[Row], list[Notice]]:
    """Return the rows of CSV text that hold anything, and what was assumed.

    Raises UNREADABLE_FILE at the line where a quotation mark is not closed, FILE_TOO_LARGE.
    """
    delimiter = _delimiter(text)
    rows = list(_rows(text, delimiter))
    if delimiter == ",":
        return rows, []
    message = f"cells are parted by {DELIMITERS[delimiter]}"
    return rows, [Notice(NoticeCode.DELIMITER_FOUND, message)]


def _delimiter(text: str) -> str:
    """Return what parts most of the first lines, and these most often."""
    head = text[: 2**16].splitlines()[:LINES_LOOKED_AT]
    if head and (declared := DECLARED.fullmatch(head[0])):
        return declared.group(1)
    bare = [QUOTED.sub("", line) for line in head]
    return max(DELIMITERS, key=lambda one: (sum(one in line for line in bare), "".join(bare).count(one)))


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    budget, line, ours = Budget(), 1, False
    try:
        for number, cells in enumerate(reader, 1):
            if number == 1:
                ours = cells[:1] == [REASONS[0]]
                cells = [] if DECLARED.fullmatch(delimiter.join(cells)) else cells
            if reader.line_num > line and not ours:
                _require_own_lines(text, cells, line, delimiter)
            if found := trimmed(cells):
                budget.take(number, len(found))
                yield Row(number, line, found, found)
            elif number > MOST_LINES:
                raise too_large(f"The file has more than {MOST_LINES} lines; leave the blank ones out.")
            line = reader.line_num + 1
    except csv.Error as error:
        raise _broken(text, line, str(error)) from None


def _require_own_lines(text: str, cells: Sequence[str], line: int, delimiter: str) -> None:
    """Refuse a cell that may have rows in it: its quotation mark was perhaps not meant to open one.

    A file of refused rows, which was written by this project, closes each of its own.
    """
    for cell in cells:
        if any(delimiter in inner for inner in cell.splitlines()[1:]):
            raise _unclosed(text, line)


def _broken(text: str, line: int, error: str) -> AppError:
    if "field larger" in error and not _first_odd(text, line):
        return unreadable(f"Line {line}: a cell has more than {csv.field_size_limit()} characters.")
    if "field larger" in error or "unexpected end" in error:
        return _unclosed(text, line)
    at = _first_odd(text, line)
    return (
        _unclosed(text, line)
        if at
        else unreadable(
            f'Line {line}: text follows the closing quotation mark of a cell; write "" for a mark inside a cell.'
        )
    )


def _unclosed(text: str, line: int) -> AppError:
    at = _first_odd(text, line) or line
    return unreadable(
        f'Line {at}: a cell begins with a quotation mark (") that is not closed; close it or take it out.'
    )


def _first_odd(text: str, line: int) -> int:
    """Return the first line from `line` on with an odd number of quotation marks, 0 for none in the next ones."""
    lines = io.StringIO(text, newline="")
    for number, content in enumerate(lines, 1):
        if number >= line and content.count('"') % 2:
            return number
        if number > line + LINES_LOOKED_AT:
            return 0
    return 0
