"""Lists of certificates as employers keep them."""

import json

import pytest

from services.certificates.reasons import Reason
from services.certificates.verifying.domain.verification_file import (
    FileRow,
    Problem,
    rows_of_sheets,
    rows_of_text,
)
from services.kit.errors import AppError

ROW = FileRow(2, "DE26301847560293 58", "张三")


@pytest.mark.parametrize(
    "heading", ["证书编号,姓名", "编号*,姓 名（必填）", "Certificate No.,Full Name", "NUMBER,name"]
)
def test_headings_are_understood_however_they_are_written(heading):
    assert rows_of_text(f"{heading}\nDE26301847560293 58,张三\n".encode()) == [ROW]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_any_encoding_of_a_spreadsheet_is_read(encoding):
    assert rows_of_text("证书编号;姓名\r\nDE26301847560293 58;张三\r\n".encode(encoding)) == [ROW]


def test_titles_blank_rows_and_other_columns_are_passed_over():
    text = "员工证书清单,,\n\n序号,姓名,证书编号\n1,张三,DE1\n,,\n2,李四,DE2\n"
    assert rows_of_text(text.encode()) == [FileRow(4, "DE1", "张三"), FileRow(6, "DE2", "李四")]


def test_the_certificate_number_is_preferred_to_a_counter():
    assert rows_of_text("编号,证书编号,姓名\n1,DE9,王五\n".encode())[0].number == "DE9"


def test_rows_that_cannot_be_verified_say_why():
    rows = rows_of_text(f"编号,姓名\n,张三\nDE1,\n{'9' * 61},李四\nDE2\n".encode())
    assert [row.problem for row in rows] == [
        Problem.NUMBER_MISSING,
        Problem.NAME_MISSING,
        Problem.TOO_LONG,
        Problem.NAME_MISSING,
    ]


def test_a_number_that_a_spreadsheet_has_rounded_is_not_looked_up():
    sheet = [["编号", "姓名"], [123456789012345680000.0, "张三"], [20260001.0, "李四"]]
    assert rows_of_sheets([[["封面"]], sheet]) == [
        FileRow(2, "", "张三", Problem.NUMBER_ROUNDED),
        FileRow(3, "20260001", "李四"),
    ]


def test_json_by_line_is_read_and_broken_lines_are_told():
    lines = [
        json.dumps({"姓名": "张三", "证书编号": "DE1"}),
        "{",
        '{"number": "DE2"}',
        '{"number": ["x"], "name": "a"}',
        "",
    ]
    assert rows_of_text("\n".join(lines).encode()) == [
        FileRow(1, "DE1", "张三"),
        FileRow(2, "", "", Problem.NOT_A_RECORD),
        FileRow(3, "", "", Problem.NUMBER_MISSING),
        FileRow(4, "", "a", Problem.NUMBER_MISSING),
    ]


def test_half_characters_and_control_characters_do_not_get_through():
    assert rows_of_text(b'{"number": "DE\\ud8001\\u0000", "name": "\\u200b\xe5\xbc\xa0\xe4\xb8\x89"}') == [
        FileRow(1, "DE1", "张三")
    ]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", "姓名\n张三\n".encode(), b"\x00\x01\x02", b"\xff\xff\xff\xfe\x81"]
)
def test_a_file_without_number_and_name_is_refused(content):
    with pytest.raises(AppError) as refused:
        rows_of_text(content)
    assert refused.value.reason == Reason.UNREADABLE_FILE
