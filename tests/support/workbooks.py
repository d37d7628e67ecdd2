"""Workbooks as people and strangers make them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def workbook(
    sheets: dict[str, Sequence[Sequence[Any]]], change: Callable[[Workbook], object] = lambda book: None
) -> bytes:
    """Return an XLSX file of sheets by name, changed by `change` before it is saved."""
    book, out = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    book.save(out)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return {name: source.read(name) for name in source.namelist()}


def archive(files: dict[str, bytes]) -> bytes:
    """Return an archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return out.getvalue()


def swelling(cells: int, length: int) -> bytes:
    """Return a workbook of a few kilobytes whose cells all show one shared text of `length` characters."""
    files = parts(workbook({"名单": [["姓名", "编号"]]}))
    rows = b"<row>" + b'<c t="s"><v>0</v></c>' * 2 + b"</row>"
    end = b"</sheetData>"
    files[SHEET] = files[SHEET].replace(end, rows * (cells // 2) + end)
    files[STRINGS] = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    files[STRINGS] += b"x" * length + b"</t></si></sst>"
    return archive(files)


def claiming(size: int) -> bytes:
    """Return a workbook that claims, in its directory, that its first part unpacks to `size` bytes."""
    content = bytearray(workbook({"名单": [["姓名", "编号"]]}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(content)
