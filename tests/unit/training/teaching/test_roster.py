import json
import re
from datetime import date

import pytest

from services.kit.errors import AppError
from services.kit.intake.notice import NoticeCode
from services.kit.intake.reading import read_now
from services.training.teaching.domain import roster_cell
from services.training.teaching.domain.roster import Checked, Checker
from services.training.teaching.domain.roster_cell import Problem
from services.training.teaching.domain.roster_header import HEADINGS
from tests.support.people import person

TODAY = date(2025, 3, 10)
VALID = "53010219200508011X"
OTHER = "11010519491231002X"
HEAD = ["序号", "姓名", "身份证号码", "手机号", "工作单位", "出生日期", "报名日期"]


def table(*rows, head=HEAD):
    return read_now("\n".join(",".join(row) for row in (head, *rows)).encode(), HEADINGS)


def check_table(found, today=TODAY):
    result = Checked()
    Checker(found, today).check(found.rows, result)
    return result


def check(*rows, head=HEAD, today=TODAY):
    return check_table(table(*rows, head=head), today)


def reason_of(read, cell):
    with pytest.raises(Problem) as refused:
        read(cell)
    return refused.value.reason


def test_headings_are_known_however_they_are_written():
    header = table(["", "张三", VALID], head=["序 号", "姓　名", "身份证号码(必填)"]).header
    assert [column.field for column in header.known] == ["display_name", "national_id"]
    assert header.unknown == ()


def test_a_missing_heading_is_named():
    with pytest.raises(AppError) as refused:
        table(head=["姓名", "电话"])
    assert refused.value.reason == "UNREADABLE_FILE"
    assert "身份证号" in refused.value.message


@pytest.mark.parametrize(
    "cell",
    [
        VALID,
        VALID.lower(),
        f"  {VALID} ",
        f"'{VALID}",
        "５３０１０２１９２００５０８０１１Ｘ",
        "530102 19200508 011X",
        f'"=""{VALID}"""',
    ],
)
def test_id_numbers_are_read_in_every_spelling(cell):
    (row,) = check(["1", "张三", cell]).rows
    assert row.national_id == VALID


@pytest.mark.parametrize(
    "cell",
    [370102199001011000, 3.70102199001011e17, "3.70102E+17", "370102199001011000"],
)
def test_an_id_number_that_lost_its_digits_is_never_repaired(cell):
    found = read_now(json.dumps({"姓名": "张三", "身份证号": cell}).encode(), HEADINGS)
    assert [r.reason for r in check_table(found).rejects] == ["ID_PRECISION_LOST"]


@pytest.mark.parametrize("cell", ["530102192005080119", "53010219201308011X", "5301021920050801", "12345"])
def test_wrong_id_numbers_are_refused(cell):
    assert reason_of(roster_cell.id_number, cell) == "INVALID_NATIONAL_ID"


@pytest.mark.parametrize(
    "cell",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "20250301",
        "45717",
        "2025-03-01 09:30:00",
        "2025-03-01T09:30",
    ],
)
def test_dates_are_read_in_every_format(cell):
    assert roster_cell.day(cell) == date(2025, 3, 1)


@pytest.mark.parametrize("cell", ["2025-13-01", "2025年2月30日", "yesterday", "3/1/2025"])
def test_what_is_no_date_is_refused(cell):
    assert reason_of(roster_cell.day, cell) == "INVALID_DATE"


def test_a_phone_is_read_with_blanks_and_dashes():
    assert roster_cell.phone("139-0000 0000") == "13900000000"
    assert roster_cell.phone("") == ""
    assert reason_of(roster_cell.phone, "none") == "INVALID_VALUE"


def test_a_good_row_goes_in():
    result = check(["1", "张　三", VALID, "13900000000", "示例科技公司", "1920-05-08", "2025/3/1"])
    assert result.rejects == []
    (row,) = result.rows
    assert (row.number, row.display_name, row.national_id) == (2, "张三", VALID)
    assert row.enrolled_on == date(2025, 3, 1)


def test_every_problem_of_a_row_is_told():
    result = check(["1", "", "123", "x", "", "", "2025-02-30"])
    assert {r.field for r in result.rejects} == {"display_name", "national_id", "phone", "enrolled_on"}
    assert result.rejected_rows == 1


def test_blank_rows_footers_and_repeated_headers_are_no_rows():
    result = check(
        ["1", "张三", VALID],
        ["", " ", ""],
        HEAD,
        ["合计:1人"],
        ["", "填表人:李四"],
        [],
        ["2", "李四", OTHER],
    )
    assert result.total == 2
    assert len(result.rows) == 2


def test_the_second_row_of_one_person_is_refused_and_names_the_first():
    result = check(["1", "张三", VALID], ["2", "张三", VALID])
    assert [(r.row, r.reason) for r in result.rejects] == [(3, "DUPLICATE_ROW")]
    assert "row 2" in result.rejects[0].message


@pytest.mark.parametrize(
    ("cell", "fits"),
    [
        ("1920-05-08", True),
        ("1920年5月", True),
        ("192005", True),
        ("1920-05-09", False),
        ("1920-06", False),
        ("", True),
    ],
)
def test_a_birth_date_must_fit_the_id_number(cell, fits):
    result = check(["1", "张三", VALID, "", "", cell, ""])
    assert [r.reason for r in result.rejects] == ([] if fits else ["BIRTH_DATE_MISMATCH"])


def test_an_enrollment_in_the_future_is_refused():
    assert check(["1", "张三", VALID, "", "", "", "2025-03-11"]).rejects[0].reason == "FUTURE_DATE"


def test_no_message_quotes_an_id_number():
    result = check(["1", "张三", "530102192005080119"], ["2", "李四", VALID], ["3", "李四", VALID])
    assert not [r for r in result.rejects if "5301021920" in r.message]


def test_an_id_number_in_another_column_is_refused():
    with pytest.raises(Problem, match="take it out"):
        roster_cell.short_text(f"某公司 李四,{person(2).national_id}", 100)
    assert roster_cell.short_text("某公司 12345678901234567890", 100)


def test_a_failed_formula_is_no_value_of_any_field():
    result = check(["1", "#N/A", VALID, "", "#REF!", "#VALUE!"])
    assert {(r.field, r.reason) for r in result.rejects} == {
        ("display_name", "INVALID_VALUE"),
        ("employer", "INVALID_VALUE"),
        ("birth_date", "INVALID_VALUE"),
    }
    assert all("formula" in r.message for r in result.rejects)


def test_a_line_that_is_no_record_is_refused_as_a_whole():
    lines = [json.dumps({"姓名": "张三", "身份证号": VALID}), "{"]
    result = check_table(read_now("\n".join(lines).encode(), HEADINGS))
    assert [(r.row, r.field, r.reason) for r in result.rejects] == [(2, "", "INVALID_VALUE")]


def test_what_was_rewritten_or_assumed_is_noticed():
    found = table(
        ["1", "张　三", "530102 19200508 011x", "139-0000 0000", "", "", "45717"],
        ["2", "李四", OTHER, "", "", "", ""],
        ["合计"],
    )
    assert not check_table(found).rejects
    assert {(n.code, n.field, n.rows) for n in found.notices} == {
        (NoticeCode.BLANKS_TRIMMED, "display_name", (2,)),
        (NoticeCode.VALUE_REWRITTEN, "display_name", (2,)),
        (NoticeCode.VALUE_REWRITTEN, "national_id", (2,)),
        (NoticeCode.VALUE_REWRITTEN, "phone", (2,)),
        (NoticeCode.DATE_REINTERPRETED, "enrolled_on", (2,)),
        (NoticeCode.VALUE_ASSUMED, "enrolled_on", (3,)),
        (NoticeCode.ROWS_LEFT_OUT, "", (4,)),
    }


def test_a_tidy_roster_is_read_without_a_notice():
    found = table(["1", "张三", VALID, "13900000000", "示例科技公司", "1920-05-08", "2025-03-01"])
    assert not check_table(found).rejects
    assert found.notices == []


def test_every_problem_says_what_to_do():
    result = check(
        ["1", "", "123", "x", "员" * 101, "", "2025-02-30"], ["2", "张三1", OTHER, "", "", "1999-01-01"]
    )
    assert len(result.rejects) == 7
    assert all(re.search("; |write it as", reject.message) for reject in result.rejects)
