"""What came of a file is shown: the first rejects, every notice, and where the file of rejects is."""

from pathlib import Path

import pytest
from shuzheng.training.v1.roster_pb2 import RosterReject
from shuzheng.training.v1.roster_service_pb2 import ImportRosterResponse
from shuzheng.type.v1 import notice_pb2
from shuzheng.type.v1.notice_pb2 import Notice

from services.cli.intake import SHOWN, Intake

NOTICE = Notice(code=notice_pb2.NOTICE_CODE_ENCODING_ASSUMED, message="read as GB 18030", count=1)


def reject(row: int) -> RosterReject:
    return RosterReject(row=row, field="phone", reason="INVALID_VALUE", message="is wrong")


@pytest.fixture
def intake() -> Intake:
    taken = Intake()
    taken.take(ImportRosterResponse(rejects=map(reject, range(2, SHOWN + 3)), rejects_file=b"ab"))
    taken.take(ImportRosterResponse(rejects_file=b"c", notices=[NOTICE]))
    return taken


def test_the_first_rejects_and_all_notices_are_lines(intake: Intake) -> None:
    lines = list(intake.lines("en"))
    assert lines[0] == "  row 2: phone: is wrong [INVALID_VALUE]"
    assert lines[SHOWN:] == ["  … 1 more", "notices:", "  - read as GB 18030"]
    lines = list(intake.lines("zh"))
    assert lines[0].startswith("  第 2 行: phone: 内容不符合该栏要求 (is wrong)")
    assert lines[SHOWN : SHOWN + 2] == ["  … 另有 1 条", "提示："]


def test_programs_get_everything(intake: Intake) -> None:
    told = intake.plain()
    assert len(told["rejects"]) == SHOWN + 1
    assert told["notices"] == [
        {"code": "NOTICE_CODE_ENCODING_ASSUMED", "message": "read as GB 18030", "count": 1}
    ]


def test_the_file_is_kept_where_something_was_refused(intake: Intake, tmp_path: Path) -> None:
    intake.keep(tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_bytes() == b"abc"
    Intake().keep(tmp_path / "none.csv")
    intake.keep(None)
    assert not (tmp_path / "none.csv").exists()


def test_a_file_without_fault_says_nothing() -> None:
    assert list(Intake().lines("zh")) == []
