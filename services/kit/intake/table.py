"""Tables: whatever file was sent, as rows below known headings, with everything that was assumed or left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.intake import cells as cell_rules
from services.kit.intake.headings import LONGEST, REASONS_LEFT_OUT, Column, Header, Headings, key, letters
from services.kit.intake.notice import Notice, NoticeCode, Noticed
from services.kit.intake.rows import NONE, Row, trimmed

ODD = re.compile(r"^[^\S\n]*['=#]|\t|\dE\+?\d", re.IGNORECASE | re.MULTILINE)  # in a row with guards or marks
FOLDED = "full-width and the like were folded, invisible characters left out"
TRIMMED = "blanks around it and doubled ones within were left out"
GUARDED = 'what guards a number (="…", an apostrophe, tabs) was taken off'
REWRITTEN = "was written as its kind is: without blanks and dashes, with a capital X"


@dataclass(frozen=True, slots=True)
class Table:
    """What was read: `format` is "xlsx", "xls", "csv/utf-8", "ndjson/gb18030" and the like; `rows` have content."""

    format: str
    header: Header
    rows: Sequence[Row]
    noticed: Noticed

    @property
    def notices(self) -> list[Notice]:
        """What was noticed so far, by the reader and by those who read cells since."""
        return self.noticed.notices()

    @property
    def is_records(self) -> bool:
        """Whether it was JSON by line, where a row as sent is its line."""
        return self.format.startswith("ndjson")

    def text(self, row: Row, column: Column | None) -> str:
        """Return a cell folded and trimmed, "" for a column that the file lacks; what that changed is noticed."""
        if column is None or not (sent := row.at(column.position)):
            return ""
        found = cell_rules.tidied(sent)
        if found != sent:
            only_blanks = found == " ".join(sent.split())
            self.notice(
                NoticeCode.BLANKS_TRIMMED if only_blanks else NoticeCode.CHARACTERS_FOLDED,
                TRIMMED if only_blanks else FOLDED,
                row,
                column,
            )
        return found

    def notice(self, code: NoticeCode, message: str, row: Row, column: Column) -> None:
        """Notice something of a cell."""
        self.noticed.add(code, message, row.number, field=column.field, place=column.place)


class Below:
    """The rows below a heading row, one by one; what is odd about them is noticed."""

    def __init__(self, headings: Headings, header: Header, noticed: Noticed) -> None:
        self.reasons = header.reasons
        self.header = headings.header(self._sent(header.row)) if self.reasons else header
        self.width = len(self.header.row.cells)
        self.last = header.row.number
        self.noticed = noticed
        self.fields = {column.position: column.field for column in self.header.known}
        self.repeated = [(column.position, key(column.heading)) for column in self.header.known]
        if self.reasons:
            self.noticed.add(NoticeCode.REASONS_LEFT_OUT, REASONS_LEFT_OUT, count=len(self.reasons))
        for notice in self.header.notices():
            self.noticed.put(notice)

    def take(self, row: Row) -> Row | None:
        """Return a row with its guards removed, None for a blank one and for headings over again."""
        row = self._polished(self._sent(row) if self.reasons else row)
        if row.blank:
            return None
        self._notice_blank_ones_before(row)
        if all(key(row.at(position)) == heading for position, heading in self.repeated):
            self.noticed.add(NoticeCode.ROWS_LEFT_OUT, "the headings over again were left out", row.number)
            return None
        if len(row.cells) > self.width and any(map(str.strip, row.cells[self.width :])):
            message = "cells beyond the last heading were not read"
            self.noticed.add(NoticeCode.CELLS_BEYOND_HEADINGS, message, row.number)
        for other in self.header.duplicates:
            self._notice_other_value(row, other)
        return row

    def _notice_other_value(self, row: Row, other: Column) -> None:
        """Notice where two columns that mean the same do not say the same."""
        taken = self.header.column(other.field)
        found = cell_rules.tidied(row.at(other.position))
        if found and taken is not None and found != cell_rules.tidied(row.at(taken.position)):
            message = f"says something else than {taken.place}, which was read instead"
            self.noticed.add(
                NoticeCode.DUPLICATE_HEADING, message, row.number, field=other.field, place=other.place
            )

    def _notice_blank_ones_before(self, row: Row) -> None:
        if blank := row.number - self.last - 1:
            message = "blank rows were left out"
            self.noticed.add(NoticeCode.BLANK_ROWS_LEFT_OUT, message, self.last + 1, count=blank)
        self.last = row.number

    def _sent(self, row: Row) -> Row:
        """Return a row of a rejects file as it was before reasons were written beside it."""
        kept = [position for position in range(len(row.sent)) if position not in self.reasons]
        sent = trimmed([cell_rules.given(row.sent[position]) for position in kept])
        marks = {at: row.marks[position] for at, position in enumerate(kept) if position in row.marks}
        return Row(row.number, row.line, sent, sent, marks or NONE)

    def _polished(self, row: Row) -> Row:
        if not ODD.search("\n".join(row.sent)):
            return row
        cells, marks = row.cells, dict(row.marks)
        for position, cell in enumerate(row.sent):
            if (bare := cell_rules.unguarded(cell)) != cell:
                cells = list(cells) if cells is row.sent else cells
                cells[position] = bare  # type: ignore[index]
                self._notice_guard(row, position)
            if mark := cell_rules.mark_of(bare):
                marks.setdefault(position, mark)
        return row._replace(cells=cells, marks=marks or NONE)

    def _notice_guard(self, row: Row, position: int) -> None:
        field = self.fields.get(position, "")
        place = f"column {letters(position)} {self.header.row.at(position).strip()[:LONGEST]}".rstrip()
        self.noticed.add(NoticeCode.GUARDS_REMOVED, GUARDED, row.number, field=field, place=place)
