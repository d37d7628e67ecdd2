"""Notices as people read them: what a reader of their file folded, assumed or left out, and where first."""

from functools import cache
from importlib.resources import files
from tomllib import loads

from shuzheng.type.v1.notice_pb2 import Notice, NoticeCode

PREFIX = "NOTICE_CODE_"


@cache
def sentences() -> dict[str, str]:
    """Return the Chinese sentence of every code."""
    return loads((files(__package__) / "notices.toml").read_text("utf-8"))


def line(notice: Notice, lang: str) -> str:
    """Return a notice as one line, in Chinese first unless `lang` is "en"; a code of tomorrow is said in English."""
    known = NoticeCode.DESCRIPTOR.values_by_number.get(notice.code)
    chinese = sentences().get(known.name.removeprefix(PREFIX), "") if known and lang != "en" else ""
    said = f"{chinese} ({notice.message})" if chinese else notice.message
    place = f"{notice.place}: " if notice.place else ""
    return f"{place}{said}{_where(notice, lang)}"


def _where(notice: Notice, lang: str) -> str:
    times = f" ×{notice.count}" if notice.count > 1 else ""
    more = ", …" if len(notice.rows) < notice.count and notice.rows else ""
    return times + (f" · {row(', '.join(map(str, notice.rows)) + more, lang)}" if notice.rows else "")


def row(number: object, lang: str) -> str:
    """Return the place of a row, or of several."""
    return f"row {number}" if lang == "en" else f"第 {number} 行"
