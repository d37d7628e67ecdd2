"""Notices in words: every code is said in Chinese, and lines tell how often and where first."""

from shuzheng.type.v1 import notice_pb2
from shuzheng.type.v1.notice_pb2 import Notice, NoticeCode

from services.client import notices
from services.kit.intake.notice import NoticeCode as Word

PREFIX = "NOTICE_CODE_"
FOLDED = Notice(
    code=notice_pb2.NOTICE_CODE_CHARACTERS_FOLDED,
    place="column B 编号",
    message="was folded",
    count=9,
    rows=(2, 3),
)


def test_every_code_has_its_word_and_its_sentence() -> None:
    declared = {name.removeprefix(PREFIX) for name in NoticeCode.keys()} - {"UNSPECIFIED"}  # noqa: SIM118
    assert set(notices.sentences()) == declared == {code.value for code in Word}


def test_a_line_tells_what_how_often_and_where() -> None:
    chinese = notices.sentences()["CHARACTERS_FOLDED"]
    assert notices.line(FOLDED, "zh") == f"column B 编号: {chinese} (was folded) ×9 · 第 2, 3, … 行"
    assert notices.line(FOLDED, "en") == "column B 编号: was folded ×9 · row 2, 3, …"


def test_what_has_no_place_is_said_of_the_whole_file() -> None:
    assert notices.line(Notice(message="it was so", count=1), "en") == "it was so"
    assert notices.line(Notice(message="it was so", count=1, rows=(7,)), "en") == "it was so · row 7"


def test_a_code_of_a_newer_service_is_said_in_its_own_words() -> None:
    tomorrow = Notice.FromString(b"\x08\xe7\x07" + Notice(message="new", count=1).SerializeToString())
    assert notices.line(tomorrow, "zh") == "new"
