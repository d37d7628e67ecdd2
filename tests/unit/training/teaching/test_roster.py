from datetime import date, datetime

import pytest

from services.kit.errors import AppError
from services.training.teaching.domain import roster_cell, roster_csv, roster_header
from services.training.teaching.domain.roster import Checked, Checker, Reject
from services.training.teaching.domain.roster_cell import Problem

TODAY = date(2025, 3, 10)
VALID = "53010219200508011X"
OTHER = "11010519491231002X"
HEAD = ["序号", "姓名", "身份证号码", "手机号", "工作单位", "出生日期", "报名日期"]


def check(*rows, head=HEAD, today=TODAY):
    header = roster_header.find([head])
    result = Checked()
    Checker(header, today).check(enumerate(rows, start=2), result)
    return result


def reason_of(read, cell):
    with pytest.raises(Problem) as refused:
        read(cell)
    return refused.value.reason


def test_a_title_above_the_header_is_passed_over():
    table = [["2025年大数据初级班学员名册", "", ""], ["", "", ""], ["序 号", "姓　名", "身份证号码(必填)"]]
    header = roster_header.find(table)
    assert header.index == 2
    assert [column.field for column in header.columns] == ["display_name", "national_id"]


def test_a_missing_heading_is_named():
    with pytest.raises(AppError) as refused:
        roster_header.find([["姓名", "电话"]])
    assert refused.value.reason == "UNREADABLE_ROSTER"
    assert "身份证号" in refused.value.message


def test_unknown_headings_are_reported():
    assert roster_header.find([["姓名", "身份证", "血型", "序号"]]).ignored == ("血型",)


@pytest.mark.parametrize(
    "cell",
    [
        VALID,
        VALID.lower(),
        f"  {VALID} ",
        f"'{VALID}",
        "５３０１０２１９２００５０８０１１Ｘ",
        "530102 19200508 011X",
    ],
)
def test_id_numbers_are_read_in_every_spelling(cell):
    assert roster_cell.id_number(cell) == VALID


@pytest.mark.parametrize(
    "cell",
    [370102199001011000.0, 3.70102199001011e17, 370102199001011000, "3.70102E+17", "370102199001011000"],
)
def test_an_id_number_that_lost_its_digits_is_never_repaired(cell):
    assert reason_of(roster_cell.id_number, cell) == "ID_PRECISION_LOST"


@pytest.mark.parametrize("cell", ["530102192005080119", "53010219201308011X", "5301021920050801", 12345.0])
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
        20250301.0,
        45717.0,
        "45717",
        datetime(2025, 3, 1, 9, 30),
        date(2025, 3, 1),
        "２０２５－０３－０１",
        "2025-03-01 00:00:00",
    ],
)
def test_dates_are_read_in_every_format(cell):
    assert roster_cell.day(cell) == date(2025, 3, 1)


@pytest.mark.parametrize("cell", ["2025-13-01", "2025年2月30日", "yesterday", "3/1/2025"])
def test_what_is_no_date_is_refused(cell):
    assert reason_of(roster_cell.day, cell) == "INVALID_DATE"


def test_a_phone_that_became_a_number_is_read():
    assert roster_cell.phone(13900000000.0) == "13900000000"
    assert roster_cell.phone("139-0000 0000") == "13900000000"
    assert reason_of(roster_cell.phone, "none") == "INVALID_VALUE"


def test_a_good_row_goes_in():
    result = check(["1", "张　三", VALID, 13900000000.0, "示例科技公司", "1920-05-08", "2025/3/1"])
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
        ["", " ", None],
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding):
    text, _ = roster_csv.decode("姓名,身份证号\r\n张三,530102\r\n".encode(encoding))
    assert roster_csv.rows(text) == [["姓名", "身份证号"], ["张三", "530102"]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_with_each_delimiter(delimiter):
    assert roster_csv.rows(f"a{delimiter}b\nc{delimiter}d\n") == [["a", "b"], ["c", "d"]]


def test_binary_files_are_no_roster():
    for content in (b"\xff\xff\xff\xff", b"a\x00b,c"):
        with pytest.raises(AppError) as refused:
            roster_csv.rows(roster_csv.decode(content)[0])
        assert refused.value.reason == "UNREADABLE_ROSTER"


def test_the_rejects_file_opens_in_a_spreadsheet_and_runs_no_formula():
    part = roster_csv.rejects_file([Reject(3, "phone", "INVALID_VALUE", "=1+1")], first=True)
    assert part.startswith(b"\xef\xbb\xbfrow,field,reason,message")
    assert b"'=1+1" in part
    assert not roster_csv.rejects_file([], first=False)
