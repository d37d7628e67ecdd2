"""Lists of certificates that a client reads by itself."""

from pathlib import Path

import openpyxl
import pytest

from services.client import sheets
from services.client.fields import BadValue

ROWS = [("DE1", "张三"), ("20260002", "李四")]


def read_rows(file: Path) -> list[sheets.Row]:
    return sheets.read_rows(file.name, file.read_bytes())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_of_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("清单,\n姓名,证书编号\n张三,DE1\n,\n李四,20260002\n".encode(encoding))
    assert read_rows(file) == ROWS


def test_a_spreadsheet_with_numbers_as_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["证书编号", "姓名"], ["DE1", "张三"], [20260002, "李四"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert read_rows(tmp_path / "a.xlsx") == ROWS


def test_json_by_line(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text('{"number": "DE1", "name": "张三"}\n\n{"编号": 20260002, "姓名": "李四"}\n', "utf-8")
    assert read_rows(file) == ROWS


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n", b'{"number": 1}', b"{]", b"PK\x03\x04 nothing", b"\xff\xff"]
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a"
    file.write_bytes(content)
    with pytest.raises(BadValue):
        read_rows(file)
