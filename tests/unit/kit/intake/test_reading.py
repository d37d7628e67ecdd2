"""Files of every kind become rows below known headings; what was assumed or left out is said."""

import asyncio
import re
import time
import tracemalloc
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.errors import AppError
from services.kit.intake import delimited, rows, spreadsheet
from services.kit.intake.cells import Mark
from services.kit.intake.headings import Headings, letters
from services.kit.intake.notice import MOST_NOTICES, NoticeCode
from services.kit.intake.reading import AT_ONCE, in_turn, read, read_now
from services.kit.intake.rows import WHOLE
from tests.support.workbooks import SHEET, archive, claiming, parts, swelling, workbook

HEADINGS = Headings(
    {"name": ("姓名", "名字"), "number": ("编号", "证书编号"), "employer": ("单位",)},
    ("name", "number"),
    ("序号",),
)
HEAD = ["姓名", "编号", "单位"]
MIB = 2**20
WHOLE_BOOK = workbook({"名单": [HEAD, ["张三", "D1", "甲"]]})  # made once: it holds the time


def table(text, encoding="utf-8"):
    return read_now(text.encode(encoding), HEADINGS)


def values(found):
    columns = [found.header.column(field) for field in HEADINGS.words]
    return [tuple(row.at(column and column.position) for column in columns) for row in found.rows]


def codes(found):
    return {notice.code: notice.count for notice in found.notices}


def refusal(content, reason="UNREADABLE_FILE"):
    with pytest.raises(AppError) as refused:
        read_now(content if isinstance(content, bytes) else content.encode(), HEADINGS)
    assert refused.value.reason == reason
    return refused.value.message


# Headings


def test_titles_counters_and_noise_are_passed_over():
    found = table("2026年名册,,\n\n序 号,姓　名（必填）,编号*\n1,张三,D1\n,,\n2,李四,D2\n")
    assert values(found) == [("张三", "D1", ""), ("李四", "D2", "")]
    assert [row.number for row in found.rows] == [4, 6]
    assert codes(found) == {NoticeCode.ROWS_ABOVE_HEADINGS: 1, NoticeCode.BLANK_ROWS_LEFT_OUT: 1}


def test_unknown_columns_and_second_headings_are_noticed_with_their_place():
    found = table("姓名,血型,证书编号,编号\n张三,A,D1,D1\n")
    assert values(found) == [("张三", "D1", "")]
    assert [(n.code, n.place) for n in found.notices] == [
        (NoticeCode.UNKNOWN_COLUMN, "column B 血型"),
        (NoticeCode.DUPLICATE_HEADING, "column C 证书编号"),
    ]


def test_a_second_column_that_says_something_else_is_noticed_with_its_rows():
    found = table("姓名,证书编号,编号\n张三,D1,D1\n李四,D9,D2\n王五,,D3\n")
    differs = [n for n in found.notices if n.rows]
    assert [(n.code, n.place, n.rows) for n in differs] == [
        (NoticeCode.DUPLICATE_HEADING, "column B 证书编号", (3,))
    ]


def test_missing_headings_are_named():
    message = refusal("姓名,电话\n张三,1\n")
    assert "编号" in message
    assert "姓名" not in message


def test_of_two_rows_of_headings_the_lower_one_counts():
    content = workbook(
        {"名单": [["姓名", "编号", "联系", None], [None, None, "单位", "邮箱"], ["张三", "D1", "甲", "a@b"]]},
        lambda book: [book["名单"].merge_cells(area) for area in ("A1:A2", "B1:B2", "C1:D1")],
    )
    assert values(read_now(content, HEADINGS)) == [("张三", "D1", "甲")]


def test_a_sea_of_unknown_columns_makes_no_sea_of_notices():
    found = table(",".join(["姓名", "编号", *(f"栏{n}" for n in range(900))]) + "\n张三,D1\n")
    assert len(found.notices) == MOST_NOTICES + 1
    assert (found.notices[-1].code, found.notices[-1].count) == (NoticeCode.FURTHER_NOTICES, 800)


def test_no_notice_is_as_long_as_the_heading_it_tells_of():
    found = table(f"姓名,编号,{'栏' * 100_000}\n张三,D1,'12\n")
    assert len(found.notices) == 2
    assert all(len(notice.place) < 80 for notice in found.notices)


def test_columns_are_named_as_spreadsheets_do():
    assert [letters(position) for position in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# What readers do to cells, rows and values is said


def test_blank_rows_between_others_are_noticed_and_those_at_the_end_are_not():
    found = table("姓名,编号\n,\n\n张三,D1\n\n李四,D2\n\n,\n")
    assert [(n.code, n.count, n.rows) for n in found.notices] == [(NoticeCode.BLANK_ROWS_LEFT_OUT, 3, (2, 5))]


def test_headings_over_again_are_no_row():
    found = table("姓名,编号\n张三,D1\n姓　名,编号\n姓名, 编号 \n李四,D2\n")
    assert [row.number for row in found.rows] == [2, 5]
    assert [(n.code, n.rows) for n in found.notices] == [(NoticeCode.ROWS_LEFT_OUT, (3, 4))]


def test_folding_and_trimming_are_noticed_once_a_column():
    found = table("姓名,编号\n张三 ,Ｄ１\n 李四,Ｄ２\n王五,D3\n")
    number = found.header.column("number")
    assert [found.text(row, number) for row in found.rows] == ["D1", "D2", "D3"]
    assert [found.text(row, found.header.column("name")) for row in found.rows] == ["张三", "李四", "王五"]
    assert [found.text(row, found.header.column("employer")) for row in found.rows] == ["", "", ""]
    assert [(n.code, n.field, n.place, n.count, n.rows) for n in found.notices] == [
        (NoticeCode.CHARACTERS_FOLDED, "number", "column B 编号", 2, (2, 3)),
        (NoticeCode.BLANKS_TRIMMED, "name", "column A 姓名", 2, (2, 3)),
    ]
    assert [row.sent[1] for row in found.rows] == ["Ｄ１", "Ｄ２", "D3"]


def test_formulas_are_read_as_calculated_and_noticed():
    files = parts(workbook({"名单": [HEAD, ["张三", "D1", "x"]]}))
    calculated = b'<c r="C2" t="str"><f>UPPER("a")</f><v>A</v></c></row></sheetData>'
    files[SHEET] = re.sub(rb'<c r="C2".*</sheetData>', lambda _: calculated, files[SHEET])
    found = read_now(archive(files), HEADINGS)
    assert values(found) == [("张三", "D1", "A")]
    assert [(n.code, n.place, n.rows) for n in found.notices] == [
        (NoticeCode.FORMULAS_READ, "sheet 名单", (2,))
    ]


def test_only_the_first_places_of_many_are_told():
    found = table("姓名,编号\n" + "张三 ,D1\n" * 50)
    for row in found.rows:
        found.text(row, found.header.column("name"))
    assert [(n.count, n.rows) for n in found.notices] == [(50, (2, 3, 4, 5, 6))]


# CSV


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_each_delimiter_is_found_and_said(delimiter):
    found = table("\n".join(delimiter.join(row) for row in (["名单,一"], HEAD, ["张三", "D1", '"甲,乙"'])))
    assert values(found) == [("张三", "D1", "甲,乙")]
    assert (NoticeCode.DELIMITER_FOUND in codes(found)) == (delimiter != ",")


def test_a_declared_delimiter_counts():
    assert values(table("sep=;\n姓名;编号\n张三,子;D1\n")) == [("张三,子", "D1", "")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like(end):
    assert values(table(end.join(["姓名,编号", "张三,D1", "李四,D2"]))) == [
        ("张三", "D1", ""),
        ("李四", "D2", ""),
    ]


def test_lines_within_a_cell_are_one_row():
    found = table('姓名,编号,单位\n张三,D1,"甲\n乙"\n李四,D2,\n')
    assert [(row.number, row.line) for row in found.rows] == [(2, 2), (3, 4)]
    assert found.rows[0].at(2) == "甲\n乙"


@pytest.mark.parametrize(
    "rest",
    ["李四,D2,\n王五,D3,\n", '李四,D2,"丙"\n王五,D3,\n', '李四,D2,\n王五,D3,丙"\n赵六,D4,\n'],
)
def test_a_quotation_mark_that_is_not_closed_is_an_error_where_it_began(rest):
    assert "Line 3" in refusal(f'姓名,编号,单位\n钱七,D0,\n张三,D1,"甲”\n{rest}')


def test_shorter_rows_are_not_swallowed_by_a_mark_either():
    assert "Line 2" in refusal('姓名,编号,单位,学历\n张三,D1,"甲\n李四,D2\n王五,D3,甲"\n')


def test_a_cell_that_is_too_long_is_not_called_unclosed():
    message = refusal(f"姓名,编号\n张三,{'1' * 200_000}\n")
    assert "Line 2: a cell has more than 131072 characters" in message


def test_blank_lines_are_not_kept_and_have_an_end(monkeypatch):
    monkeypatch.setattr(delimited, "MOST_LINES", 1000)
    found = table("姓名,编号\n" + "\n" * 900 + "张三,D1\n")
    assert [(row.number, row.line) for row in found.rows] == [(902, 902)]
    assert [(n.code, n.count) for n in found.notices] == [(NoticeCode.BLANK_ROWS_LEFT_OUT, 900)]
    with pytest.raises(AppError, match="FILE_TOO_LARGE"):
        table("姓名,编号\n张三,D1\n" + "\n" * 1000)


@pytest.mark.parametrize("cell", ['"x' + "\n" * 100_000 + 'y"', "'1" + " " * 100_000 + "!", "," * 900 + "z"])
def test_no_cell_takes_long(cell):
    started = time.process_time()
    table(f"姓名,编号,单位\n张三,D1,{cell}\n" * 3)
    assert time.process_time() - started < 5, "what is sent decides how long reading takes"


def test_text_behind_a_closing_mark_is_an_error_of_its_own():
    message = refusal('姓名,编号\n"张"三,D1\n')
    assert "Line 2" in message
    assert "follows" in message


def test_cells_beyond_the_headings_are_noticed_with_their_rows():
    found = table("姓名,编号\n张三,D1\n李四,D2,甲\n王五,D3,\n")
    assert codes(found) == {NoticeCode.CELLS_BEYOND_HEADINGS: 1}
    assert found.notices[0].rows == (3,)


def test_guards_are_taken_off_and_noticed_once_a_column():
    found = table('姓名,编号\n张三,"=""123"""\n李四,\'456\n王五,"\t789"\n')
    assert [row.at(1) for row in found.rows] == ["123", "456", "789"]
    assert [row.sent[1] for row in found.rows] == ['="123"', "'456", "\t789"]
    assert [(n.field, n.place, n.count, n.rows) for n in found.notices] == [
        ("number", "column B 编号", 3, (2, 3, 4))
    ]


def test_marks_are_found_in_text_too():
    found = table("姓名,编号\n#N/A,3.70102E+17\n")
    assert (found.rows[0].mark(0), found.rows[0].mark(1)) == (Mark.ERROR, Mark.ROUNDED)


def test_more_rows_columns_or_cells_than_are_read_are_refused(monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 3)
    monkeypatch.setattr(rows, "MOST_COLUMNS", 4)
    monkeypatch.setattr(rows, "MOST_CELLS", 9)
    head = "姓名,编号\n"
    assert len(table(head + "a,1\n\n\n\nb,2\n").rows) == 2
    for rest in ("a,1\n" * 3, "a,1,1,1,1\n", "a,1,1,1\nb,1,1,1\n"):
        refusal(head + rest, "FILE_TOO_LARGE")


# JSON by line


def test_records_are_rows_and_their_marks_are_known():
    found = table('{"姓名": "张三", "编号": 7, "血型": "A"}\n\n{\n{"名字": "李四", "编号": 1e20}\n')
    assert values(found) == [("张三", "7", ""), ("", "", ""), ("李四", "1E+20", "")]
    assert [row.number for row in found.rows] == [1, 3, 4]
    assert (found.rows[1].mark(None), found.rows[2].mark(1)) == (Mark.NO_RECORD, Mark.ROUNDED)
    assert [(n.code, n.place, n.count) for n in found.notices] == [
        (NoticeCode.UNKNOWN_COLUMN, "member 血型", 1)
    ]
    assert WHOLE in found.rows[1].marks


def test_half_characters_are_left_out_aloud():
    found = table('{"姓名": "张\\ud800三", "编号": "D1"}')
    assert values(found) == [("张三", "D1", "")]
    assert codes(found) == {NoticeCode.BROKEN_CHARACTERS: 1}
    assert found.notices[0].rows == (1,)


def test_records_without_what_is_required_are_refused():
    assert "编号" in refusal('{"姓名": "张三"}')


# Spreadsheets


def test_numbers_days_and_moments_are_shown_as_people_see_them():
    row = ["张三", 20260001, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30), 0.5, True, None]
    found = read_now(workbook({"名单": [HEAD, row]}), HEADINGS)
    assert list(found.rows[0].cells) == [
        "张三",
        "20260001",
        "2026-03-01",
        "2026-03-01 09:30:00",
        "0.5",
        "TRUE",
    ]


def test_the_sheet_that_people_see_is_read_and_the_others_are_named():
    content = workbook(
        {
            "上期": [HEAD, ["旧", "D0"]],
            "本期": [HEAD, ["张三", "D1"]],
            "二班": [HEAD, ["李四", "D2"]],
            "空": [],
        },
        lambda book: setattr(book["上期"], "sheet_state", "hidden"),
    )
    found = read_now(content, HEADINGS)
    assert values(found) == [("张三", "D1", "")]
    assert [(n.code, n.place) for n in found.notices] == [
        (NoticeCode.SHEET_TAKEN, "sheet 本期"),
        (NoticeCode.SHEET_NOT_READ, "sheet 上期"),
        (NoticeCode.SHEET_NOT_READ, "sheet 二班"),
    ]


def test_a_sheet_without_the_headings_is_passed_over_and_a_single_sheet_needs_no_notice():
    found = read_now(workbook({"说明": [["请填写"]] * 50, "名单": [HEAD, ["张三", "D1"]]}), HEADINGS)
    assert values(found) == [("张三", "D1", "")]
    assert read_now(workbook({"名单": [HEAD, ["张三", "D1"]], "空": []}), HEADINGS).notices == []


def test_a_workbook_of_which_only_a_hidden_sheet_fits_is_refused_and_says_so():
    content = workbook(
        {"说明": [["请填写"]], "名单": [HEAD, ["张三", "D1"]]},
        lambda book: setattr(book["名单"], "sheet_state", "veryHidden"),
    )
    assert "名单" in refusal(content)


def test_hidden_rows_and_columns_are_read_and_noticed():
    def hide(book):
        book["名单"].row_dimensions[3].hidden = True
        book["名单"].column_dimensions["C"].hidden = True

    found = read_now(workbook({"名单": [HEAD, ["张三", "D1", "甲"], ["李四", "D2", "乙"]]}, hide), HEADINGS)
    assert values(found) == [("张三", "D1", "甲"), ("李四", "D2", "乙")]
    assert [(n.code, n.count) for n in found.notices] == [
        (NoticeCode.HIDDEN_ROWS_READ, 1),
        (NoticeCode.HIDDEN_COLUMNS_READ, 1),
    ]
    assert found.notices[0].rows == (3,)
    assert found.notices[1].message.endswith("C")


def test_cells_merged_downwards_carry_their_value_and_titles_do_not():
    rows = [
        ["名单", None, None],
        HEAD,
        ["张三", "D1", "甲"],
        ["李四", "D2", None],
        [None] * 3,
        ["王五", "D3", None],
    ]
    content = workbook(
        {"名单": rows}, lambda book: [book["名单"].merge_cells(area) for area in ("A1:C1", "C3:C60")]
    )
    found = read_now(content, HEADINGS)
    assert values(found) == [("张三", "D1", "甲"), ("李四", "D2", "甲"), ("王五", "D3", "甲")]
    assert codes(found) == {
        NoticeCode.ROWS_ABOVE_HEADINGS: 1,
        NoticeCode.BLANK_ROWS_LEFT_OUT: 1,
        NoticeCode.MERGED_CELLS_FILLED: 2,
    }


def test_failed_formulas_and_those_never_calculated_are_errors_of_their_cell():
    files = parts(workbook({"名单": [HEAD, [None, "D1", "=A1&B1"], ["李四", "#N/A", "甲"]]}))
    failure = b'<row r="2"><c r="A2" t="e"><f>VLOOKUP(1,2,3)</f><v>#REF!</v></c>'
    files[SHEET] = files[SHEET].replace(b'<row r="2">', failure)
    found = read_now(archive(files), HEADINGS)
    assert values(found) == [("#REF!", "D1", "=A1&B1"), ("李四", "#N/A", "甲")]
    assert [dict(row.marks) for row in found.rows] == [{0: Mark.ERROR, 2: Mark.ERROR}, {1: Mark.ERROR}]


def test_a_formula_that_yields_no_text_is_a_blank_cell():
    files = parts(workbook({"名单": [HEAD, ["张三", "D1", "x"]]}))
    blank = b'<c r="C2" t="str"><f>IF(1,"","")</f><v></v></c></row></sheetData>'
    files[SHEET] = re.sub(rb'<c r="C2".*</sheetData>', lambda _: blank, files[SHEET])
    found = read_now(archive(files), HEADINGS)
    assert (values(found), found.rows[0].marks) == ([("张三", "D1", "")], {})


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_marked():
    found = read_now(workbook({"名单": [HEAD, ["张三", 370102199001011234]]}), HEADINGS)
    assert (found.rows[0].at(1), found.rows[0].mark(1)) == ("3.70102199001011E+17", Mark.ROUNDED)


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 broken"])
def test_a_broken_spreadsheet_is_refused(content):
    assert "damaged" in refusal(content)


def test_a_spreadsheet_of_billions_of_cells_is_refused():
    def spread(book):
        book["名单"]["XFD1048576"] = "x"

    assert refusal(workbook({"名单": [HEAD]}, spread))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (10_000, "FILE_TOO_LARGE"),
        (200_000, "UNREADABLE_FILE"),
    ],  # 300 MB of text, and more than the child may have
)
def test_a_few_kilobytes_do_not_become_gigabytes_in_this_process(cells, reason):
    content = swelling(cells, length=30_000)
    assert len(content) < MIB
    tracemalloc.start()
    try:
        assert refusal(content, reason)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 300 * MIB


@pytest.mark.parametrize(
    ("child", "seconds", "reason"),
    [
        ("while True: sys.stdout.write('[1,[\"' + 'x' * 2**20 + '\"]]\\n')", 60, "FILE_TOO_LARGE"),
        ("while True: sys.stdout.write('x' * 2**20)", 60, "FILE_TOO_LARGE"),
        ("time.sleep(60)", 1, "UNREADABLE_FILE"),
        ("sys.exit(1)", 60, "UNREADABLE_FILE"),
    ],
)
def test_a_child_that_does_not_keep_its_limits_is_ended(tmp_path, monkeypatch, child, seconds, reason):
    script = tmp_path / "child.py"
    begin = 'print(\'{"book":[{"name":"a","hidden":false,"empty":false}]}\\n{"sheet":"a"}\', flush=True)'
    script.write_text(f"import sys, time\nsys.stdin.buffer.read()\n{begin}\n{child}\n")
    monkeypatch.setattr(spreadsheet, "CHILD", script)
    monkeypatch.setattr(spreadsheet, "SECONDS", seconds)
    refusal(workbook({"名单": [HEAD]}), reason)


def test_an_archive_that_claims_to_unpack_to_more_than_is_read_is_refused():
    assert "unpacks" in refusal(claiming(2 * 1024 * MIB))


async def test_reading_does_not_hold_up_the_loop():
    assert values(await read("姓名,编号\n张三,D1\n".encode(), HEADINGS)) == [("张三", "D1", "")]


async def test_more_files_than_a_few_wait_for_their_turn():
    running, most = [], []

    def reader():
        running.append(1)
        most.append(len(running))
        time.sleep(0.05)
        running.pop()

    await asyncio.gather(*(in_turn(reader) for _ in range(3 * AT_ONCE)))
    assert (len(most), max(most)) == (3 * AT_ONCE, AT_ONCE)


# Anything


ALPHABET = "姓名编号单位张三,;\t|\"\n\r'=#{}:1E+\u0000\ufeff"


@settings(max_examples=300, deadline=None)
@given(st.text(ALPHABET, max_size=80), st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-be"]))
def test_any_text_below_headings_is_rows_or_a_refusal(text, encoding):
    try:
        found = table(f"姓名,编号\n{text}", encoding)
    except AppError as refused:
        assert refused.reason in ("UNREADABLE_FILE", "FILE_TOO_LARGE")
        assert refused.message
    else:
        assert all(not row.blank and row.number > found.header.row.number for row in found.rows)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_a_refusal(content):
    try:
        read_now(content.removeprefix(b"PK\x03\x04"), HEADINGS)
    except AppError as refused:
        assert refused.reason == "UNREADABLE_FILE"


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_damage_to_a_spreadsheet_is_rows_or_a_refusal(data):
    content = bytearray(WHOLE_BOOK)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_now(bytes(content), HEADINGS)
    except AppError as refused:
        assert refused.reason in ("UNREADABLE_FILE", "FILE_TOO_LARGE")
