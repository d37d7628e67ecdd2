"""Reading a file that somebody sent: spreadsheet, CSV or JSON by line, by its content, never by its name."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

from services.kit.errors import AppError
from services.kit.intake import delimited, records, spreadsheet
from services.kit.intake.decode import Text, decode
from services.kit.intake.headings import DEEPEST, Header, Headings, letters
from services.kit.intake.notice import FIRST_ROWS, Notice, NoticeCode, Noticed
from services.kit.intake.refusal import too_large, unreadable
from services.kit.intake.rows import Row
from services.kit.intake.spreadsheet import Book, End, Sheet
from services.kit.intake.table import Below, Table

AT_ONCE = 2  # files; others wait, so that a process never has more children or tables than so many
READERS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="intake")
T = TypeVar("T")


async def read(content: bytes, headings: Headings) -> Table:
    """Return the table in a file, read in a thread; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    return await in_turn(lambda: read_now(content, headings))


async def in_turn(reader: Callable[[], T]) -> T:
    """Return what a reader of a file finds, in one of the few threads that read files."""
    return await asyncio.get_running_loop().run_in_executor(READERS, reader)


def read_now(content: bytes, headings: Headings) -> Table:
    """Return the table in a file; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    if not content:
        raise unreadable("The file is empty.")
    if kind := spreadsheet.kind_of(content):
        return _of_book(content, kind, headings)
    text = decode(content)
    return _of_records(text, headings) if records.is_records(text.text) else _of_csv(text, headings)


def _of_csv(text: Text, headings: Headings) -> Table:
    rows, noticed = delimited.read(text.text)
    first = islice((row for row in rows if not row.blank), DEEPEST + 1)
    header = headings.require(list(first))
    return _table(f"csv/{text.encoding}", headings, header, rows, Noticed([*text.notices, *noticed]))


def _of_records(text: Text, headings: Headings) -> Table:
    lines = records.Records(headings, Noticed(text.notices))
    rows = lines.read(text.text)
    return Table(f"ndjson/{text.encoding}", lines.header, rows, lines.noticed)


def _of_book(content: bytes, kind: str, headings: Headings) -> Table:
    with spreadsheet.opened(content) as book:
        name, header, rows = _chosen(book, headings)
        table = _table(kind, headings, header, rows, Noticed(_of_sheets(book.sheets, name)))
        if book.end.cut:
            raise too_large(f"Sheet {name!r} {book.end.cut}; split it.")
        for notice in _of_end(book.end, name):
            table.noticed.put(notice)
    return table


def _chosen(book: Book, headings: Headings) -> tuple[str, Header, Iterator[Row]]:
    """Return the first sheet that people see and that has the headings; raises UNREADABLE_FILE for the first one."""
    hidden = ", ".join(repr(sheet.name) for sheet in book.sheets[:20] if sheet.hidden)
    hint = f"; hidden sheets ({hidden}) are not read" if hidden else ""
    refusal: AppError | None = None
    for name in iter(book.next_sheet, None):
        rows = book.rows()
        first = list(islice(rows, DEEPEST + 1))
        try:
            return name, headings.require(first, f" of sheet {name!r}{hint}"), chain(first, rows)
        except AppError as error:
            refusal = refusal or error
    raise refusal or unreadable(f"The spreadsheet has no sheet with content that people see{hint}.")


def _table(kind: str, headings: Headings, header: Header, rows: Iterable[Row], noticed: Noticed) -> Table:
    below, found = Below(headings, header, noticed), []
    for row in rows:
        if row.number > header.row.number:
            found += [taken] if (taken := below.take(row)) else []
        elif row.number < header.row.number and not row.blank:
            message = "what stands above the headings was not read"
            noticed.add(NoticeCode.ROWS_ABOVE_HEADINGS, message, row.number)
    return Table(kind, below.header, found, noticed)


def _of_sheets(sheets: Sequence[Sheet], taken: str) -> Iterator[Notice]:
    others = [sheet for sheet in sheets if sheet.name != taken and not sheet.empty]
    if others:
        message = "this sheet was read, the first that people see and that has the headings"
        yield Notice(NoticeCode.SHEET_TAKEN, message, place=f"sheet {taken}")
    for sheet in others:
        message = (
            f"this {'hidden ' * sheet.hidden}sheet was not read; send it as a file of its own if it counts"
        )
        yield Notice(NoticeCode.SHEET_NOT_READ, message, place=f"sheet {sheet.name}")


def _of_end(end: End, name: str) -> Iterator[Notice]:
    place = f"sheet {name}"
    if not end.examined:
        message = (
            "failed formulas and hidden rows are not found in files of this kind; save it as XLSX to be sure"
        )
        yield Notice(NoticeCode.SHEET_NOT_EXAMINED, message, place=place)
    for code, message, found in (
        (NoticeCode.HIDDEN_ROWS_READ, "hidden rows were read like others", end.hidden_rows),
        (NoticeCode.FORMULAS_READ, "of formulas the value was read that was calculated last", end.formulas),
        (NoticeCode.MERGED_CELLS_FILLED, "merged cells hold their value in each of their rows", end.merged),
    ):
        if found:
            yield Notice(code, message, place=place, count=len(found), rows=tuple(found[:FIRST_ROWS]))
    if end.hidden_columns:
        told = ", ".join(map(letters, end.hidden_columns[:FIRST_ROWS]))
        message = f"hidden columns were read like others: {told}"
        yield Notice(NoticeCode.HIDDEN_COLUMNS_READ, message, place=place, count=len(end.hidden_columns))
