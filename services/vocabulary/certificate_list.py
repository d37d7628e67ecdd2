"""A list of certificates as employers keep it: a column of numbers and one of names among whatever else they note."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from services.kit.intake.cells import Mark
from services.kit.intake.headings import Headings
from services.kit.intake.rejects import Reject
from services.kit.intake.rows import Row
from services.kit.intake.table import Table

HEADINGS = Headings(
    {
        "number": (
            "证书编号",
            "证书号码",
            "证书号",
            "编号",
            "number",
            "certificatenumber",
            "certificateno",
            "certno",
            "no",
        ),
        "name": (
            "姓名",
            "持证人",
            "持证人姓名",
            "员工姓名",
            "名字",
            "name",
            "holder",
            "holdername",
            "fullname",
        ),
    },
    required=("number", "name"),
    passed_over=("序号",),
)
LONGEST_NUMBER = 60
LONGEST_NAME = 200


class Problem(IntEnum):
    """Why a row cannot be verified; the numbers equal those of `shuzheng.certificates.v1.RowProblem`."""

    NUMBER_MISSING = 1
    NAME_MISSING = 2
    TOO_LONG = 3
    NUMBER_ROUNDED = 4
    NOT_A_RECORD = 5
    FORMULA_FAILED = 6


SAID = {
    Problem.NUMBER_MISSING: ("number", "is empty; fill it in"),
    Problem.NAME_MISSING: ("name", "is empty; fill it in"),
    Problem.TOO_LONG: (
        "",
        f"number ({LONGEST_NUMBER}) or name ({LONGEST_NAME} characters) is longer than any; correct it",
    ),
    Problem.NUMBER_ROUNDED: (
        "number",
        "a spreadsheet stored it as a number and rounded it; format the column as text and enter it again",
    ),
    Problem.NOT_A_RECORD: ("", "the line is no JSON object; correct it"),
    Problem.FORMULA_FAILED: ("", "number or name is a formula that failed; write the value itself"),
}


class CertificateRow(NamedTuple):
    """One row with content; number and name are cleaned."""

    row: int
    number: str
    name: str
    problem: Problem | None = None


def rows(table: Table) -> list[CertificateRow]:
    """Return the rows of a list, those that cannot be verified too."""
    number, name = table.header.column("number"), table.header.column("name")
    assert number is not None and name is not None, "both are required"
    return [
        _row(
            row,
            table.text(row, number),
            table.text(row, name),
            row.mark(number.position),
            row.mark(name.position),
        )
        for row in table.rows
    ]


def rejects(found: Iterable[CertificateRow]) -> Iterator[Reject]:
    """Yield why rows cannot be verified."""
    for one in found:
        if one.problem is not None:
            field, message = SAID[one.problem]
            yield Reject(one.row, field, one.problem.name, message)


def _row(row: Row, number: str, name: str, of_number: Mark | None, of_name: Mark | None) -> CertificateRow:
    shown = CertificateRow(row.number, number[:LONGEST_NUMBER], name[:LONGEST_NAME])
    if row.mark(None) is Mark.NO_RECORD:
        return shown._replace(problem=Problem.NOT_A_RECORD)
    if Mark.ERROR in (of_number, of_name):
        return shown._replace(problem=Problem.FORMULA_FAILED)
    if of_number is Mark.ROUNDED:
        return shown._replace(number="", problem=Problem.NUMBER_ROUNDED)
    if len(number) > LONGEST_NUMBER or len(name) > LONGEST_NAME:
        return shown._replace(problem=Problem.TOO_LONG)
    missing = Problem.NUMBER_MISSING if not number else Problem.NAME_MISSING if not name else None
    return shown._replace(problem=missing)
