"""Rows of a table as they were sent, and the bounds within which they are read."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from services.kit.intake.cells import Mark
from services.kit.intake.refusal import too_large

MOST_ROWS = 200_000
MOST_COLUMNS = 1000
MOST_CELLS = 4_000_000
WHOLE = -1  # the position of a mark that the whole row has
NONE: Mapping[int, Mark] = MappingProxyType({})


class Row(NamedTuple):
    """One row: `number` as a spreadsheet counts, from 1, `line` as an editor does.

    `sent` are the cells as they were sent, `cells` the same without guards; both end with the last cell that has
    content. `marks` are by position.
    """

    number: int
    line: int
    sent: Sequence[str]
    cells: Sequence[str]
    marks: Mapping[int, Mark] = NONE

    def at(self, position: int | None) -> str:
        """Return a cell, "" where there is none."""
        return self.cells[position] if position is not None and position < len(self.cells) else ""

    def mark(self, position: int | None) -> Mark | None:
        """Return the mark of a cell, or of the whole row."""
        return self.marks.get(WHOLE if position is None else position)

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(map(str.strip, self.cells))


class Budget:
    """Counts rows and cells; raises FILE_TOO_LARGE where there are more than are read."""

    def __init__(self) -> None:
        self.rows = 0
        self.cells = 0

    def take(self, number: int, width: int) -> None:
        """Count a row with content."""
        self.rows += 1
        self.cells += width
        if width > MOST_COLUMNS:
            raise too_large(f"Row {number} has more than {MOST_COLUMNS} cells.", limit=str(MOST_COLUMNS))
        if self.rows > MOST_ROWS:
            raise too_large(f"The file has more than {MOST_ROWS} rows; split it.", limit=str(MOST_ROWS))
        if self.cells > MOST_CELLS:
            raise too_large(f"The file has more than {MOST_CELLS} cells; split it.", limit=str(MOST_CELLS))


def trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Return cells up to the last one with content."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells if end == len(cells) else cells[:end]
