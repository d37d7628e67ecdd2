"""Notices: what a reader folded, assumed or left out, said once with its count beside what was rejected."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

MOST_NOTICES = 100
FIRST_ROWS = 5


class NoticeCode(StrEnum):
    """What was done; the words of `shuzheng.type.v1.NoticeCode`."""

    ENCODING_ASSUMED = "ENCODING_ASSUMED"
    ENCODING_CONTRADICTED = "ENCODING_CONTRADICTED"
    BROKEN_CHARACTERS = "BROKEN_CHARACTERS"
    DELIMITER_FOUND = "DELIMITER_FOUND"
    SHEET_TAKEN = "SHEET_TAKEN"
    SHEET_NOT_READ = "SHEET_NOT_READ"
    SHEET_NOT_EXAMINED = "SHEET_NOT_EXAMINED"
    HIDDEN_ROWS_READ = "HIDDEN_ROWS_READ"
    HIDDEN_COLUMNS_READ = "HIDDEN_COLUMNS_READ"
    MERGED_CELLS_FILLED = "MERGED_CELLS_FILLED"
    FORMULAS_READ = "FORMULAS_READ"
    GUARDS_REMOVED = "GUARDS_REMOVED"
    ROWS_ABOVE_HEADINGS = "ROWS_ABOVE_HEADINGS"
    UNKNOWN_COLUMN = "UNKNOWN_COLUMN"
    DUPLICATE_HEADING = "DUPLICATE_HEADING"
    CELLS_BEYOND_HEADINGS = "CELLS_BEYOND_HEADINGS"
    REASONS_LEFT_OUT = "REASONS_LEFT_OUT"
    ROWS_LEFT_OUT = "ROWS_LEFT_OUT"
    BLANK_ROWS_LEFT_OUT = "BLANK_ROWS_LEFT_OUT"
    CHARACTERS_FOLDED = "CHARACTERS_FOLDED"
    BLANKS_TRIMMED = "BLANKS_TRIMMED"
    VALUE_REWRITTEN = "VALUE_REWRITTEN"
    DATE_REINTERPRETED = "DATE_REINTERPRETED"
    VALUE_ASSUMED = "VALUE_ASSUMED"
    PARTS_LEFT_OUT = "PARTS_LEFT_OUT"
    FORMATTING_LEFT_OUT = "FORMATTING_LEFT_OUT"
    FURTHER_NOTICES = "FURTHER_NOTICES"


@dataclass(frozen=True, slots=True)
class Notice:
    """`field` and `place` say where ("" is the whole file); `count` is how often, `rows` the first of them."""

    code: NoticeCode
    message: str
    field: str = ""
    place: str = ""
    count: int = 1
    rows: tuple[int, ...] = ()


@dataclass(slots=True)
class Seen:
    """How often one thing was noticed, and in which rows first."""

    count: int = 0
    rows: list[int] = field(default_factory=list)


class Noticed:
    """What was noticed so far: the same thing in the same place is one notice, and there is an end to their number."""

    def __init__(self, notices: Iterable[Notice] = ()) -> None:
        self.seen: dict[tuple[NoticeCode, str, str, str], Seen] = {}
        self.further = 0
        for notice in notices:
            self.put(notice)

    def add(
        self,
        code: NoticeCode,
        message: str,
        row: int = 0,
        *,
        field: str = "",
        place: str = "",
        count: int = 1,
    ) -> None:
        """Notice something, in a row where there is one."""
        found = self._of((code, message, field, place), count)
        if found is not None and row and len(found.rows) < FIRST_ROWS:
            found.rows.append(row)

    def put(self, notice: Notice) -> None:
        """Take a notice over."""
        found = self._of((notice.code, notice.message, notice.field, notice.place), notice.count)
        if found is not None:
            found.rows += notice.rows[: FIRST_ROWS - len(found.rows)]

    def notices(self) -> list[Notice]:
        """Return what was noticed, in the order of the first time, and how much there is beyond that."""
        found = [Notice(*key, seen.count, tuple(seen.rows)) for key, seen in self.seen.items()]
        if self.further:
            message = "further notices are not listed"
            found.append(Notice(NoticeCode.FURTHER_NOTICES, message, count=self.further))
        return found

    def _of(self, key: tuple[NoticeCode, str, str, str], count: int) -> Seen | None:
        found = self.seen.get(key)
        if found is None:
            if len(self.seen) >= MOST_NOTICES:
                self.further += count
                return None
            found = self.seen[key] = Seen()
        found.count += count
        return found
