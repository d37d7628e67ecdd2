"""The header of a roster: found below title rows, its headings mapped to fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.errors import invalid
from services.training.reasons import Reason
from services.training.teaching.domain.roster_cell import Cell, text

HEADINGS = {
    "display_name": ("姓名", "学员姓名", "学生姓名", "名字", "name"),
    "national_id": (
        "身份证号",
        "身份证号码",
        "身份证",
        "公民身份号码",
        "居民身份证号",
        "居民身份证号码",
        "证件号码",
        "证件号",
        "idnumber",
    ),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "联系方式", "电话", "电话号码", "移动电话", "phone"),
    "employer": (
        "单位",
        "工作单位",
        "所在单位",
        "单位名称",
        "工作单位或学校",
        "所在单位或学校",
        "学校",
        "employer",
    ),
    "education": ("学历", "最高学历", "文化程度", "学历层次", "education"),
    "birth_date": ("出生日期", "出生年月", "出生年月日", "生日", "birthdate"),
    "enrolled_on": ("报名日期", "报名时间", "入班日期", "入学日期", "报到日期", "enrolledon"),
}
FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings}
REQUIRED = ("display_name", "national_id")
COUNTERS = frozenset({"序号", "编号", "no", "no."})
NOISE = re.compile(r"[\s*_()（）:：]|必填|选填")
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A recognized column: its position, its field, and what the file calls it."""

    position: int
    field: str
    heading: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header row (counted from 0) and its columns."""

    index: int
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]

    def position(self, field: str) -> int | None:
        """Return the position of a field, None where the file lacks it."""
        return next((column.position for column in self.columns if column.field == field), None)


def field_of(heading: str) -> str:
    """Return the field that a heading means, "" for none."""
    return FIELDS.get(NOISE.sub("", heading).casefold(), "")


def find(table: Sequence[Sequence[Cell]]) -> Header:
    """Return the header of a table; raises UNREADABLE_ROSTER that says which heading is missing."""
    best: set[str] = set()
    for index, row in enumerate(table[:DEEPEST]):
        columns = _columns(row)
        fields = {column.field for column in columns}
        if fields.issuperset(REQUIRED):
            return Header(index, columns, _ignored(row, columns))
        best = max(best, fields, key=len)
    lacking = " and ".join(HEADINGS[field][0] for field in REQUIRED if field not in best)
    raise invalid(
        Reason.UNREADABLE_ROSTER, f"no header row with {lacking} was found in the first {DEEPEST} rows."
    )


def _columns(row: Sequence[Cell]) -> tuple[Column, ...]:
    found: dict[str, Column] = {}
    for position, cell in enumerate(row):
        heading = text(cell)
        if field := field_of(heading):
            found.setdefault(field, Column(position, field, heading))
    return tuple(found.values())


def _ignored(row: Sequence[Cell], columns: Sequence[Column]) -> tuple[str, ...]:
    taken = {column.position for column in columns}
    others = (text(cell) for position, cell in enumerate(row) if position not in taken)
    return tuple(heading for heading in others if heading and heading.casefold() not in COUNTERS)
