"""Rows of a roster checked by themselves: every problem of every row, good rows ready to import.

Reads cells only; what the register already knows is compared later, in the transaction that writes.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.kit.intake.cells import Mark, tidied
from services.kit.intake.headings import Column
from services.kit.intake.notice import NoticeCode
from services.kit.intake.rejects import Reject
from services.kit.intake.rows import Row
from services.kit.intake.table import REWRITTEN, Table
from services.training.reasons import Reason
from services.training.teaching.domain import roster_cell
from services.training.teaching.domain.roster_cell import Problem

FOOTER = re.compile(
    r"(合计|总计|共计|填表人|制表人|审核人|经办人|负责人|填报单位|单位盖章|盖章|说明|备注|注)\s*[:(]?.*"
)
Reader = Callable[[str], Any]
Finding = tuple[str, Problem]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One good row; `number` is that of the spreadsheet, counted from 1."""

    number: int
    display_name: str
    national_id: str
    phone: str
    employer: str
    education: str
    enrolled_on: date


@dataclass(slots=True)
class Checked:
    """What came of the rows so far; `seen` maps each ID number to the row that brought it first."""

    rows: list[RosterRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    total: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def rejected_rows(self) -> int:
        """Number of rows with at least one problem."""
        return self.total - len(self.rows)


class Checker:
    """Checks the rows of one table."""

    def __init__(self, table: Table, today: date) -> None:
        self.table = table
        self.today = today
        self.columns = {name: table.header.column(name) for name in (*READERS, "birth_date", "enrolled_on")}

    def check(self, rows: Iterable[Row], result: Checked) -> None:
        """Check rows and add what comes of them to `result`."""
        for row in rows:
            if self._is_footer(row):
                message = "totals, signatures and remarks below the list were left out"
                self.table.noticed.add(NoticeCode.ROWS_LEFT_OUT, message, row.number)
            else:
                result.total += 1
                self._check_row(row, result)

    def _check_row(self, row: Row, result: Checked) -> None:
        values, problems = self._read(row)
        identity = values.get("national_id")
        if identity is not None:
            problems += self._compare(row, identity, result)
        if problems:
            result.rejects += [Reject(row.number, name, str(p.reason), p.message) for name, p in problems]
        else:
            result.rows.append(RosterRow(number=row.number, **values))

    def _read(self, row: Row) -> tuple[dict[str, Any], list[Finding]]:
        if row.mark(None) is Mark.NO_RECORD:
            return {}, [("", Problem(Reason.INVALID_VALUE, "the line is no JSON object; correct it"))]
        values: dict[str, Any] = {}
        problems: list[Finding] = []
        for name in (*READERS, "enrolled_on"):
            try:
                values[name] = self._value(row, name)
            except Problem as problem:
                problems.append((name, problem))
        return values, problems

    def _value(self, row: Row, name: str) -> Any:
        """Return the value of a field; what its reading rewrote or assumed is noticed. Raises Problem."""
        column = self.columns[name]
        roster_cell.require_value(self._mark(row, column), name)
        text = self.table.text(row, column)
        if name == "enrolled_on":
            return self._enrolled_on(row, column, text)
        value = READERS[name](text)
        if column is not None and value != text:
            self.table.notice(NoticeCode.VALUE_REWRITTEN, REWRITTEN, row, column)
        return value

    def _mark(self, row: Row, column: Column | None) -> Mark | None:
        return row.mark(column.position) if column is not None else None

    def _enrolled_on(self, row: Row, column: Column | None, text: str) -> date:
        found = roster_cell.day(text)
        if found is None:
            message = "no day is given; that of the import was assumed"
            self.table.noticed.add(NoticeCode.VALUE_ASSUMED, message, row.number, field="enrolled_on")
            return self.today
        if found > self.today:
            raise Problem(Reason.FUTURE_DATE, "lies in the future; correct it, or import the row on that day")
        if column is not None and (":" in text or roster_cell.is_day_number(text)):
            message = "a moment, or the day number of a spreadsheet, was read as a day"
            self.table.notice(NoticeCode.DATE_REINTERPRETED, message, row, column)
        return found

    def _compare(self, row: Row, identity: str, result: Checked) -> list[Finding]:
        found: list[Finding] = []
        first = result.seen.setdefault(identity, row.number)
        if first != row.number:
            found.append(("national_id", _duplicate(first)))
        try:
            roster_cell.require_value(self._mark(row, self.columns["birth_date"]), "birth_date")
            roster_cell.check_birth(self.table.text(row, self.columns["birth_date"]), identity)
        except Problem as problem:
            found.append(("birth_date", problem))
        return found

    def _is_footer(self, row: Row) -> bool:
        """Tell whether a row without ID number begins as what stands below lists does: 合计…, 填表人…"""
        identity = self.columns["national_id"]
        if identity is None or row.at(identity.position).strip() or row.marks:
            return False
        first = next((found for cell in row.cells if (found := tidied(cell))), "")
        return FOOTER.fullmatch(first) is not None


def _duplicate(first: int) -> Problem:
    message = f"row {first} has the same ID number; take one of the two out, or correct its number"
    return Problem(Reason.DUPLICATE_ROW, message)


READERS: dict[str, Reader] = {
    "display_name": roster_cell.person_name,
    "national_id": roster_cell.id_number,
    "phone": roster_cell.phone,
    "employer": lambda text: roster_cell.short_text(text, 100),
    "education": lambda text: roster_cell.short_text(text, 40),
}
