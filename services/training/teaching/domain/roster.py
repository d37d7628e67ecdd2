"""Rows of a roster checked by themselves: every problem of every row, good rows ready to import.

Reads cells only; what the register already knows is compared later, in the transaction that writes.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.training.reasons import Reason
from services.training.teaching.domain import roster_cell
from services.training.teaching.domain.roster_cell import Cell, Problem
from services.training.teaching.domain.roster_header import Header

FOOTER = re.compile(
    r"(合计|总计|共计|填表人|制表人|审核人|经办人|负责人|填报单位|单位盖章|盖章|说明|备注|注)\s*[:(]?.*"
)
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


@dataclass(frozen=True, slots=True)
class Reject:
    """One problem of one row; the message never holds a whole ID number."""

    row: int
    field: str
    reason: str
    message: str


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
    """Checks the rows below one header; keeps only where each field is."""

    def __init__(self, header: Header, today: date) -> None:
        self.header = header
        self.today = today
        self.id_at = header.position("national_id")
        self.readers: tuple[tuple[str, int | None, Callable[[Cell], Any]], ...] = (
            ("display_name", header.position("display_name"), roster_cell.person_name),
            ("national_id", self.id_at, roster_cell.id_number),
            ("phone", header.position("phone"), roster_cell.phone),
            ("employer", header.position("employer"), lambda cell: roster_cell.short_text(cell, 100)),
            ("education", header.position("education"), lambda cell: roster_cell.short_text(cell, 40)),
            ("enrolled_on", header.position("enrolled_on"), self._enrolled_on),
        )
        self.birth_at = header.position("birth_date")

    def check(self, numbered: Iterable[tuple[int, Sequence[Cell]]], result: Checked) -> None:
        """Check rows and add what comes of them to `result`."""
        for number, cells in numbered:
            if not self._is_blank(cells) and not self._is_furniture(cells):
                result.total += 1
                self._check_row(number, cells, result)

    def _check_row(self, number: int, cells: Sequence[Cell], result: Checked) -> None:
        values, problems = self._read(cells)
        identity = values.get("national_id")
        if identity is not None:
            problems += self._compare(cells, identity, number, result)
        if problems:
            result.rejects += [Reject(number, name, str(p.reason), p.message) for name, p in problems]
        else:
            result.rows.append(RosterRow(number=number, **values))

    def _read(self, cells: Sequence[Cell]) -> tuple[dict[str, Any], list[Finding]]:
        values: dict[str, Any] = {}
        problems: list[Finding] = []
        for name, position, read in self.readers:
            try:
                values[name] = read(_at(cells, position))
            except Problem as problem:
                problems.append((name, problem))
        return values, problems

    def _compare(self, cells: Sequence[Cell], identity: str, number: int, result: Checked) -> list[Finding]:
        found: list[Finding] = []
        first = result.seen.setdefault(identity, number)
        if first != number:
            found.append(("national_id", _duplicate(first)))
        try:
            roster_cell.check_birth(_at(cells, self.birth_at), identity)
        except Problem as problem:
            found.append(("birth_date", problem))
        return found

    def _enrolled_on(self, cell: Cell) -> date:
        found = roster_cell.day(cell) or self.today
        if found > self.today:
            raise Problem(Reason.FUTURE_DATE, "lies in the future")
        return found

    def _is_blank(self, cells: Sequence[Cell]) -> bool:
        return not any(cell if not isinstance(cell, str) else cell.strip() for cell in cells)

    def _is_furniture(self, cells: Sequence[Cell]) -> bool:
        """Tell whether a row is a footer (合计…, 填表人…) or the header again, as on every printed page."""
        if not self._is_blank([_at(cells, self.id_at)]):
            return all(roster_cell.text(_at(cells, c.position)) == c.heading for c in self.header.columns)
        first = next((found for cell in cells if (found := roster_cell.text(cell))), "")
        return FOOTER.fullmatch(first) is not None


def _duplicate(first: int) -> Problem:
    return Problem(Reason.DUPLICATE_ROW, f"row {first} has the same ID number")


def _at(cells: Sequence[Cell], position: int | None) -> Cell:
    return cells[position] if position is not None and position < len(cells) else None
