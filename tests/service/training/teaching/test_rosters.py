"""Rosters as institutions really send them, over real gRPC."""

import csv
import io
import json
import re
from datetime import date, datetime
from hashlib import sha256

import pytest
from openpyxl import Workbook
from shuzheng.training.v1 import enrollment_service_pb2 as enrollments
from shuzheng.training.v1 import learner_service_pb2 as learners
from shuzheng.type.v1.notice_pb2 import NoticeCode

from services.kit.intake.headings import REASONS
from tests.support.acts import acts_of
from tests.support.people import person
from tests.support.places import EXAMPLES
from tests.support.statements import statements

HEAD = ["序号", "姓 名", "身份证号码", "联系电话", "工作单位", "学历", "出生日期", "报名日期", "备注"]


def csv_file(*rows, encoding="gbk"):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def row(number, **changes):
    who = person(number)
    cells = {
        "name": who.display_name,
        "id": who.national_id,
        "phone": who.phone,
        "born": "",
        "on": "2026/3/1",
    }
    cells |= changes
    return [
        number,
        cells["name"],
        cells["id"],
        cells["phone"],
        "示例公司",
        "本科",
        cells["born"],
        cells["on"],
        "",
    ]


def xlsx_file(*rows):
    book = Workbook()
    book.active.title = "填表说明"
    book.active.append(["请按要求填写"])
    sheet = book.create_sheet("名册")
    sheet.merge_cells("A1:I1")
    sheet["A1"] = "2026年大数据初级班学员名册"
    sheet.append([])
    sheet.append(HEAD)
    for cells in rows:
        sheet.append(cells)
    for _ in range(20):
        sheet.append([None] * 9)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def noticed(result):
    return {
        (NoticeCode.Name(n.code).removeprefix("NOTICE_CODE_"), n.field, n.count, tuple(n.rows))
        for n in result.notices
    }


@pytest.fixture
async def cohort(world):
    name = (await world.cohort(capacity=100000)).name
    await world.to_enrolling(name)
    return name


async def count(world, cohort):
    page = await world.a.enrollments.ListEnrollments(
        enrollments.ListEnrollmentsRequest(parent=cohort, page_size=1000)
    )
    return len(page.enrollments)


async def test_a_messy_spreadsheet_goes_in_and_its_bad_rows_come_back(world, cohort):
    full_width = person(3).national_id.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    result = await world.import_roster(
        cohort,
        xlsx_file(
            row(1, on=datetime(2026, 3, 1)),
            row(2, id=person(2).national_id + " ", phone=19900000002.0, on=date(2026, 3, 1)),
            row(3, id=full_width, on="2026年3月1日"),
            row(4, id=float(person(5).national_id[:17] + "0"), on=20260301),
            row(6, name=""),
            row(7, on="某日"),
            row(1),
            ["合计", "6人"],
        ),
    )
    assert result.counts == (7, 3, 3, 0, 4)
    assert [(r.row, r.field, r.reason) for r in result.rejects] == [
        (7, "national_id", "ID_PRECISION_LOST"),
        (8, "display_name", "MISSING_VALUE"),
        (9, "enrolled_on", "INVALID_DATE"),
        (10, "national_id", "DUPLICATE_ROW"),
    ]
    table = list(csv.reader(io.StringIO(result.rejects_file.decode("utf-8-sig"))))
    assert table[0] == [*REASONS, *HEAD]
    headings = {column.field: column.heading for column in result.summary.columns}
    assert [line[:3] for line in table[1:]] == [
        [str(r.row), headings[r.field], r.reason] for r in result.rejects
    ]
    assert [line[4] for line in table[1:]] == ["4", "6", "7", "1"]
    assert result.summary.format == "xlsx"
    assert not [r for r in result.rejects if re.search(r"\d{17}", r.message)]
    assert noticed(result) == {
        ("SHEET_TAKEN", "", 1, ()),
        ("SHEET_NOT_READ", "", 1, ()),
        ("ROWS_ABOVE_HEADINGS", "", 1, (1,)),
        ("UNKNOWN_COLUMN", "", 1, ()),
        ("CHARACTERS_FOLDED", "national_id", 1, (6,)),
        ("BLANKS_TRIMMED", "national_id", 1, (5,)),
        ("ROWS_LEFT_OUT", "", 1, (11,)),
    }
    assert await count(world, cohort) == 3


def corrected(rejects_file, **by_row):
    """Return a rejects file as somebody hands it in again: its last row is right, and the others as by_row says."""
    head, *rows = csv.reader(io.StringIO(rejects_file.decode("utf-8-sig")))
    for cells in rows:
        cells[head.index(HEAD[2])] = by_row[f"row_{cells[0]}"]
    return csv_file(head, *rows, encoding="utf-8-sig")


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
async def test_the_corrected_rejects_file_goes_in(world, cohort, encoding):
    content = csv_file(
        ["名册"], HEAD, row(1), row(2, id="123"), row(3), row(4, id="3.70102E+17"), encoding=encoding
    )
    first = await world.import_roster(cohort, content)
    assert first.counts == (4, 2, 2, 0, 2)
    again = await world.import_roster(cohort, first.rejects_file)
    assert again.counts == (2, 0, 0, 0, 2)
    assert [(r.reason, r.field) for r in again.rejects] == [(r.reason, r.field) for r in first.rejects]
    last = await world.import_roster(
        cohort, corrected(first.rejects_file, row_4=person(2).national_id, row_6=person(4).national_id)
    )
    assert last.counts == (2, 2, 2, 0, 0)
    assert last.rejects_file == b""
    assert ("REASONS_LEFT_OUT", "", len(REASONS), ()) in noticed(last)
    assert await count(world, cohort) == 4


async def test_lines_of_json_go_in_and_come_back_as_lines_of_json(world, cohort):
    lines = [{"姓名": person(n).display_name, "身份证号": person(n).national_id} for n in (1, 2)]
    lines[1]["身份证号"] = "123"
    result = await world.import_roster(cohort, "\n".join(map(json.dumps, lines)).encode())
    assert result.counts == (2, 1, 1, 0, 1)
    back = json.loads(result.rejects_file)
    assert back["姓名"] == person(2).display_name
    again = json.dumps(back | {"身份证号": person(2).national_id}).encode()
    assert (await world.import_roster(cohort, again)).counts == (1, 1, 1, 0, 0)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
async def test_csv_goes_in_whatever_its_encoding(world, cohort, encoding):
    result = await world.import_roster(
        cohort, csv_file(["名册"], HEAD, row(1), row(2), encoding=encoding), chunk=7
    )
    assert result.counts == (2, 2, 2, 0, 0)
    assert result.rejects_file == b""
    found = await world.a.learners.ListLearners(learners.ListLearnersRequest(parent="institutions/a"))
    assert {learner.display_name for learner in found.learners} == {
        person(1).display_name,
        person(2).display_name,
    }


async def test_the_same_file_again_changes_nothing(world, cohort):
    content = csv_file(HEAD, row(1), row(2), row(3, id="123"))
    first = await world.import_roster(cohort, content)
    page = enrollments.ListEnrollmentsRequest(parent=cohort)
    before = await world.a.enrollments.ListEnrollments(page)
    second = await world.import_roster(cohort, content)
    assert first.counts == (3, 2, 2, 0, 1)
    assert second.counts == (3, 0, 0, 2, 1)
    assert second.rejects_file == first.rejects_file
    assert await world.a.enrollments.ListEnrollments(page) == before


async def test_a_dry_run_reports_the_same_and_writes_nothing(world, cohort):
    content = csv_file(HEAD, row(1), row(2, id="123"), row(3))
    dry = await world.import_roster(cohort, content, dry_run=True)
    assert await count(world, cohort) == 0
    real = await world.import_roster(cohort, content)
    assert dry.summary.dry_run
    assert dry.counts == real.counts == (3, 2, 2, 0, 1)
    assert dry.rejects_file == real.rejects_file


async def test_a_known_learner_is_enrolled_and_another_name_is_refused(world, cohort):
    await world.learner(1)
    await world.learner(2)
    result = await world.import_roster(cohort, csv_file(HEAD, row(1), row(2, name="别人")))
    assert result.counts == (2, 0, 1, 0, 1)
    assert [(r.row, r.reason) for r in result.rejects] == [(3, "NAME_MISMATCH")]


async def test_rows_beyond_the_capacity_are_refused(world):
    name = (await world.cohort("small", capacity=2)).name
    await world.to_enrolling(name)
    for dry_run in (True, False):
        result = await world.import_roster(name, csv_file(HEAD, row(1), row(2), row(3)), dry_run=dry_run)
        assert result.counts == (3, 2, 2, 0, 1)
        assert result.rejects[0].reason == "COHORT_FULL"


async def test_a_row_from_before_the_listing_is_refused(world, cohort):
    result = await world.import_roster(cohort, csv_file(HEAD, row(1, on="2025-12-31"), row(2, on="")))
    assert [(r.row, r.reason) for r in result.rejects] == [(2, "NOT_LISTED")]


async def test_one_who_left_is_not_enrolled_again_by_a_file(world, cohort):
    content = csv_file(HEAD, row(1))
    await world.import_roster(cohort, content)
    page = await world.a.enrollments.ListEnrollments(enrollments.ListEnrollmentsRequest(parent=cohort))
    drop = enrollments.DropEnrollmentRequest(name=page.enrollments[0].name, reason="离职")
    await world.a.enrollments.DropEnrollment(drop)
    assert (await world.import_roster(cohort, content)).rejects[0].reason == "NOT_ENROLLED"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0 broken",
        b"\xff\xff\x00",
        "姓名,电话\n张三,1\n".encode(),
    ],
)
async def test_what_is_no_roster_is_refused_before_anything_is_written(world, cohort, refused, content):
    with refused() as refusal:
        await world.import_roster(cohort, content)
    assert refusal.reason == "UNREADABLE_FILE"


async def test_a_spreadsheet_that_asks_for_billions_of_cells_is_refused(world, cohort, refused):
    book = Workbook()
    book.active["A1"] = "姓名"
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    with refused() as refusal:
        await world.import_roster(cohort, out.getvalue())
    assert refusal.reason == "UNREADABLE_FILE"


async def test_only_an_enrolling_cohort_takes_a_roster(world, refused):
    planned = (await world.cohort("planned")).name
    with refused() as refusal:
        await world.import_roster(planned, csv_file(HEAD, row(1)))
    assert refusal.reason == "COHORT_STATE"


async def test_progress_tells_each_stage_and_many_rows_are_bulk_work(world, cohort):
    rows = [row(number) for number in range(1, 2501)]
    with statements(world.service) as asked:
        result = await world.import_roster(cohort, csv_file(HEAD, *rows))
    assert len(asked) < 100
    assert result.counts == (2500, 2500, 2500, 0, 0)
    assert [p.stage for p in result.progress] == sorted(p.stage for p in result.progress)
    assert {p.stage for p in result.progress} == {1, 2, 3}
    assert result.progress[-1].rows_done == result.progress[-1].rows_total == 2500


async def test_an_import_is_known_by_its_file_and_what_it_brought(world, cohort):
    rows = [row(number) for number in range(1, 2601)]
    content = csv_file(HEAD, *rows)
    await world.import_roster(cohort, content, dry_run=True)
    before = await acts_of(world.service.store, cohort)
    result = await world.import_roster(cohort, content)
    done = (await acts_of(world.service.store, cohort))[len(before) :]
    assert len(done) > 1, "one a slice, because each is a transaction"
    assert {act.details["sha256"] for act in done} == {result.summary.sha256} == {sha256(content).hexdigest()}
    assert [act.details["rows"] for act in done] == sorted(act.details["rows"] for act in done)
    assert done[-1].details["enrollments_created"] == 2600
    assert {act.subject for act in before} == {act.subject for act in done}


async def test_the_example_rosters_go_in(world, cohort):
    folder = EXAMPLES / "training"
    tidy = await world.import_roster(cohort, (folder / "roster.xlsx").read_bytes())
    assert tidy.counts == (40, 40, 40, 0, 0)
    flawed = await world.import_roster(cohort, (folder / "roster-gbk.csv").read_bytes())
    assert flawed.counts == (20, 17, 17, 0, 3)
    assert [(r.row, r.reason) for r in flawed.rejects] == [
        (11, "ID_PRECISION_LOST"),
        (14, "MISSING_VALUE"),
        (17, "INVALID_DATE"),
    ]
    assert flawed.summary.format == "csv/gb18030"
