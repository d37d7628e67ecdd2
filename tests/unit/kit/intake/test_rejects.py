"""Refused rows go back as they were sent and can be sent again as they went back."""

import csv
import io
import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.kit.errors import AppError
from services.kit.intake import rejects
from services.kit.intake.headings import REASONS, Headings
from services.kit.intake.notice import NoticeCode
from services.kit.intake.reading import read_now
from services.kit.intake.rejects import Reject
from tests.support.workbooks import workbook

HEADINGS = Headings({"name": ("姓名",), "number": ("编号",)}, ("name", "number"), ("序号",))
CELLS = st.text("张1'=+\t\"\n,", min_size=1, max_size=6)
NUMBER = "370102199001011234"


def said(reason: str, message: str) -> str:
    """What people read of a reason."""
    return f"{message} <{reason}>"


def written(table, *numbers):
    return b"".join(
        rejects.file(table, [Reject(n, "number", "INVALID_VALUE", "is wrong") for n in numbers], said)
    )


def test_nothing_refused_is_no_file():
    assert written(read_now("姓名,编号\n张三,1\n".encode(), HEADINGS)) == b""


def test_all_columns_go_back_as_sent_with_the_reasons_before_them():
    table = read_now(
        f"名单\n序号,姓名,编号,备注\n1,张　三,{NUMBER},=1+1\n2,李四,2,\n".encode("gbk"), HEADINGS
    )
    content = written(table, 3)
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert found == [
        [*REASONS, "序号", "姓名", "编号", "备注"],
        [
            "3",
            "编号",
            "INVALID_VALUE",
            "编号: is wrong <INVALID_VALUE>",
            "1",
            "张　三",
            f'="{NUMBER}"',
            "'=1+1",
        ],
    ]


def test_several_problems_of_a_row_are_one_row():
    table = read_now("姓名,编号\n张三,1\n".encode(), HEADINGS)
    problems = [Reject(2, "name", "A", "is a"), Reject(2, "number", "A", "is b"), Reject(2, "", "C", "is c")]
    _, line = csv.reader(io.StringIO(b"".join(rejects.file(table, problems, said)).decode("utf-8-sig")))
    assert line[:4] == ["2", "姓名; 编号", "A; C", "姓名: is a <A>; 编号: is b <A>; is c <C>"]


def test_a_rejects_file_is_read_as_what_was_sent():
    sent = read_now(f"姓名,编号,备注\n张三,{NUMBER},=1+1\n李四,'2,-\n王五,3,,多\n".encode(), HEADINGS)
    again = read_now(written(sent, 2, 3, 4), HEADINGS)
    assert [row.sent for row in again.rows] == [row.sent for row in sent.rows]
    assert [row.cells for row in again.rows] == [row.cells for row in sent.rows]
    assert again.notices[0].code == NoticeCode.REASONS_LEFT_OUT
    assert [row.number for row in again.rows] == [2, 3, 4]


def test_refused_again_it_is_written_the_same():
    first = written(read_now(f"姓名,编号\n张三,{NUMBER}\n李四,=2\n".encode(), HEADINGS), 2, 3)
    assert written(read_now(first, HEADINGS), 2, 3) == first


def test_a_rejects_file_that_a_spreadsheet_saved_is_read_too():
    rows = [[*REASONS, "姓名", "编号"], [3, "number", "X", "is wrong", "张三", 7]]
    found = read_now(workbook({"退回": rows}), HEADINGS)
    assert [(row.at(0), row.at(1)) for row in found.rows] == [("张三", "7")]


def test_rows_of_a_spreadsheet_go_back_as_text():
    table = read_now(workbook({"名单": [["姓名", "编号"], ["张三", 370102199001011234]]}), HEADINGS)
    again = read_now(written(table, 2), HEADINGS)
    assert again.rows[0].marks == table.rows[0].marks
    assert again.rows[0].marks


def test_lines_of_json_go_back_as_lines_of_json():
    table = read_now('{"姓名": "张三", "编号": "1", "另": [1, "\\ud800"]}\n{\n'.encode(), HEADINGS)
    content = written(table, 1, 2)
    first, second = content.decode().splitlines()
    assert json.loads(first)["另"] == [1, "\ud800"]
    assert json.loads(first)[REASONS[2]] == "INVALID_VALUE"
    assert second == "{"
    again = read_now(content, HEADINGS)
    assert [row.cells for row in again.rows] == [row.cells for row in table.rows]
    assert written(again, 1, 2) == content


def test_a_large_file_comes_in_parts():
    table = read_now("姓名,编号\n".encode() + "张三,1\n".encode() * 20000, HEADINGS)
    parts = list(rejects.file(table, [Reject(row.number, "", "X", "is wrong") for row in table.rows], said))
    assert len(parts) > 1
    assert max(map(len, parts)) < 2**20
    assert len(read_now(b"".join(parts), HEADINGS).rows) == 20000


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=4))
def test_whatever_the_cells_reading_back_undoes_writing(cells):
    out = io.StringIO()
    csv.writer(out).writerows([["姓名", "编号", "甲", "乙"], *cells])
    try:
        sent = read_now(out.getvalue().encode(), HEADINGS)
    except AppError:  # a cell that looks like rows
        return
    assume(sent.rows)
    again = read_now(written(sent, *(row.number for row in sent.rows)), HEADINGS)
    assert [row.cells for row in again.rows] == [row.cells for row in sent.rows]
