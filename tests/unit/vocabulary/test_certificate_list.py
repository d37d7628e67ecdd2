"""Lists of certificates as employers keep them."""

import json

import pytest
from shuzheng.certificates.v1.verification_report_pb2 import RowProblem

from services.kit.errors import AppError
from services.kit.intake.notice import NoticeCode
from services.kit.intake.reading import read_now
from services.vocabulary import certificate_list
from services.vocabulary.certificate_list import HEADINGS, SAID, CertificateRow, Problem
from tests.support.workbooks import workbook

ROW = CertificateRow(2, "DE26301847560293 58", "张三")


def rows_of(content):
    return certificate_list.rows(read_now(content, HEADINGS))


@pytest.mark.parametrize(
    "heading", ["证书编号,姓名", "编号*,姓 名（必填）", "Certificate No.,Full Name", "NUMBER,name"]
)
def test_headings_are_understood_however_they_are_written(heading):
    assert rows_of(f"{heading}\nDE26301847560293 58,张三\n".encode()) == [ROW]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_any_encoding_of_a_spreadsheet_is_read(encoding):
    assert rows_of("证书编号;姓名\r\nDE26301847560293 58;张三\r\n".encode(encoding)) == [ROW]


def test_titles_blank_rows_and_other_columns_are_passed_over():
    text = "员工证书清单,,\n\n序号,姓名,证书编号\n1,张三,DE1\n,,\n2,李四,DE2\n"
    assert rows_of(text.encode()) == [CertificateRow(4, "DE1", "张三"), CertificateRow(6, "DE2", "李四")]


def test_the_certificate_number_is_preferred_to_a_counter():
    assert rows_of("编号,证书编号,姓名\n1,DE9,王五\n".encode())[0].number == "DE9"


def test_rows_that_cannot_be_verified_say_why():
    rows = rows_of(f"编号,姓名\n,张三\nDE1,\n{'9' * 61},李四\nDE2\n".encode())
    assert [row.problem for row in rows] == [
        Problem.NUMBER_MISSING,
        Problem.NAME_MISSING,
        Problem.TOO_LONG,
        Problem.NAME_MISSING,
    ]


def test_a_number_that_a_spreadsheet_has_rounded_is_not_looked_up():
    sheet = [["编号", "姓名"], [123456789012345680000.0, "张三"], [20260001.0, "李四"]]
    assert rows_of(workbook({"封面": [["封面"]], "清单": sheet})) == [
        CertificateRow(2, "", "张三", Problem.NUMBER_ROUNDED),
        CertificateRow(3, "20260001", "李四"),
    ]


def test_json_by_line_is_read_and_broken_lines_are_told():
    lines = [
        json.dumps({"姓名": "张三", "证书编号": "DE1"}),
        "{",
        '{"number": "DE2"}',
        '{"number": ["x"], "name": "a"}',
        "",
    ]
    assert rows_of("\n".join(lines).encode()) == [
        CertificateRow(1, "DE1", "张三"),
        CertificateRow(2, "", "", Problem.NOT_A_RECORD),
        CertificateRow(3, "DE2", "", Problem.NAME_MISSING),
        CertificateRow(4, "", "a", Problem.NUMBER_MISSING),
    ]


def test_half_characters_and_control_characters_do_not_get_through():
    assert rows_of(b'{"number": "DE\\ud8001\\u0000", "name": "\\u200b\xe5\xbc\xa0\xe4\xb8\x89"}') == [
        CertificateRow(1, "DE1", "张三")
    ]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", "姓名\n张三\n".encode(), b"\x00\x01\x02", b"\xff\xff\xff\xfe\x81"]
)
def test_a_file_without_number_and_name_is_refused(content):
    with pytest.raises(AppError) as refused:
        rows_of(content)
    assert refused.value.reason == "UNREADABLE_FILE"


def test_a_failed_formula_is_neither_a_number_nor_a_name():
    found = rows_of("编号,姓名\n#N/A,张三\nDE1,#REF!\n".encode())
    assert [row.problem for row in found] == [Problem.FORMULA_FAILED] * 2


def test_problems_are_those_of_the_contract_and_each_says_what_to_do():
    declared = {f"ROW_PROBLEM_{one.name}": one.value for one in Problem} | {"ROW_PROBLEM_UNSPECIFIED": 0}
    assert dict(RowProblem.items()) == declared
    assert set(SAID) == set(Problem)
    assert all("; " in message for _, message in SAID.values())


def test_what_was_folded_is_noticed():
    table = read_now("编号,姓名\nＤＥ１, 张三\n".encode(), HEADINGS)
    assert certificate_list.rows(table) == [CertificateRow(2, "DE1", "张三")]
    assert [(n.code, n.field) for n in table.notices] == [
        (NoticeCode.CHARACTERS_FOLDED, "number"),
        (NoticeCode.BLANKS_TRIMMED, "name"),
    ]
