"""Tables: whatever file was sent, as rows below known headings, with everything that was assumed or left out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.kit.intake import cells as cell_rules
from services.kit.intake.headings import Header, Headings, letters
from services.kit.intake.notice import Notice, NoticeCode, numbers
from services.kit.intake.rows import NONE, Row, trimmed

ODD = re.compile(r"^\s*['=#]|\t|\dE\+?\d", re.IGNORECASE | re.MULTILINE)  # in a row with guards or marks


@dataclass(frozen=True, slots=True)
class Table:
    """What was read: `format` is "xlsx", "xls", "csv/utf-8", "ndjson/gb18030" and the like; `rows` have content."""

    format: str
    header: Header
    rows: Sequence[Row]
    notices: tuple[Notice, ...] = ()

    @property
    def is_records(self) -> bool:
        """Whether it was JSON by line, where a row as sent is its line."""
        return self.format.startswith("ndjson")


class Below:
    """The rows below a heading row, one by one; afterwards what was noticed of them."""

    def __init__(self, headings: Headings, header: Header) -> None:
        self.reasons = header.reasons
        self.header = headings.header(self._sent(header.row)) if self.reasons else header
        self.width = len(self.header.row.cells)
        self.guards: Counter[int] = Counter()
        self.beyond: list[int] = []

    def take(self, row: Row) -> Row | None:
        """Return a row with its guards removed, None for a blank one."""
        row = self._polished(self._sent(row) if self.reasons else row)
        if row.blank:
            return None
        if len(row.cells) > self.width and any(map(str.strip, row.cells[self.width :])):
            self.beyond.append(row.number)
        return row

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
                self.guards[position] += 1
            if mark := cell_rules.mark_of(bare):
                marks.setdefault(position, mark)
        return row._replace(cells=cells, marks=marks or NONE)

    def notices(self) -> Iterator[Notice]:
        """Yield what was noticed."""
        if self.reasons:
            message = "the columns that say why rows were refused were left out"
            yield Notice("", NoticeCode.REASONS_LEFT_OUT, message, len(self.reasons))
        yield from self.header.notices()
        for position, count in sorted(self.guards.items()):
            message = 'what guards a number (="…", an apostrophe, tabs) was taken off'
            yield Notice(self._place(position), NoticeCode.GUARDS_REMOVED, message, count)
        if self.beyond:
            message = f"cells beyond the last heading were not read, in row {numbers(self.beyond)}"
            yield Notice("", NoticeCode.CELLS_BEYOND_HEADINGS, message, len(self.beyond))

    def _place(self, position: int) -> str:
        return f"column {letters(position)} {self.header.row.at(position).strip()}".rstrip()
