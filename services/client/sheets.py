"""Reads an employer's own list: CSV, NDJSON or XLSX with a column of numbers and one of names."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from services.client.fields import BadValue
from services.kit import spreadsheet

NUMBER = ("number", "证书编号", "证书号", "编号")
NAME = ("holder_name", "name", "姓名", "持证人")
DEEPEST = 20  # rows in which the heading is looked for
Row = tuple[str, str]


def read_rows(file: str, content: bytes) -> list[Row]:
    """Return (number, name) of every row with content, of the file of that name; raises BadValue."""
    if spreadsheet.kind_of(content):
        return _table(file, _sheet(file, content))
    text = _text(file, content)
    if text.lstrip().startswith("{"):
        return list(_records(file, text))
    return _table(file, list(csv.reader(io.StringIO(text, newline=""))))


def _text(file: str, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadValue(f"{file}: UTF-8 | GBK | XLSX")


def _sheet(file: str, content: bytes) -> list[list[Any]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise BadValue(f"{file}: {error}") from None


def _records(file: str, text: str) -> Iterator[Row]:
    for line in filter(str.strip, text.splitlines()):
        try:
            members = json.loads(line)
            names = list(members)
        except (ValueError, TypeError):
            raise BadValue(f"{file}: {line[:40]!r} · JSON") from None
        columns = _columns(names)
        if not isinstance(members, dict) or columns is None:
            raise BadValue(f"{file}: {line[:40]!r} · number, name")
        number, name = (_cell(members[names[column]]) for column in columns)
        yield number, name


def _table(file: str, rows: Sequence[Sequence[Any]]) -> list[Row]:
    for index, headings in enumerate(rows[:DEEPEST]):
        if columns := _columns(headings):
            body = ([_at(cells, column) for column in columns] for cells in rows[index + 1 :])
            return [(number, name) for number, name in body if number or name]
    raise BadValue(f"{file}: 证书编号, 姓名 · number, holder_name")


def _columns(headings: Sequence[Any]) -> tuple[int, int] | None:
    known = [_cell(heading).replace(" ", "").rstrip("*").lower() for heading in headings]
    number = next((known.index(word) for word in NUMBER if word in known), None)
    name = next((known.index(word) for word in NAME if word in known), None)
    return None if number is None or name is None else (number, name)


def _at(cells: Sequence[Any], column: int) -> str:
    return _cell(cells[column]) if column < len(cells) else ""


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
