"""The heading row of a table: found below title rows, its headings mapped to the fields that a caller names."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.kit.intake.notice import Notice, NoticeCode
from services.kit.intake.refusal import unreadable
from services.kit.intake.rows import Row
from services.kit.values.text import clean

NOISE = re.compile(r"[\s*_\-.()（）:：/]|必填|选填")
REASONS_LEFT_OUT = "what was written beside refused rows was left out"
LONGEST = 60  # characters of a heading that are told
DEEPEST = 20  # rows in which the headings are looked for
REASONS = (
    "退回行号 (row)",
    "退回栏目 (field)",
    "退回代码 (reason)",
    "退回原因与改法 (what is wrong, what to do)",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its position, counted from 0, the field that it means ("" for none), and what the file calls it."""

    position: int
    field: str
    heading: str

    @property
    def place(self) -> str:
        """The column as people find it."""
        return f"column {letters(self.position)} {self.heading}".rstrip()


@dataclass(frozen=True, slots=True)
class Header:
    """The heading row; `known` has at most one column a field, in the order of the file."""

    row: Row
    known: tuple[Column, ...]
    duplicates: tuple[Column, ...] = ()
    unknown: tuple[Column, ...] = ()
    reasons: tuple[int, ...] = ()

    def column(self, field: str) -> Column | None:
        """Return the column of a field, None where the file lacks it."""
        return next((column for column in self.known if column.field == field), None)

    def notices(self) -> Iterator[Notice]:
        """Yield what of the headings is not read."""
        for column in self.unknown:
            message = "this column is not known and was not read"
            yield Notice(NoticeCode.UNKNOWN_COLUMN, message, place=column.place)
        for column in self.duplicates:
            taken = next(one.place for one in self.known if one.field == column.field)
            message = f"means the same as {taken}, which was read instead"
            yield Notice(NoticeCode.DUPLICATE_HEADING, message, column.field, column.place)


class Headings:
    """What a caller reads: for each field its headings, the best first; `passed_over` are known and mean nothing."""

    def __init__(
        self, words: Mapping[str, Sequence[str]], required: Sequence[str], passed_over: Iterable[str] = ()
    ) -> None:
        self.words = words
        self.required = required
        self.passed_over = frozenset(map(key, passed_over))
        self.meanings = {
            key(word): (field, rank) for field, names in words.items() for rank, word in enumerate(names)
        }

    def find(self, rows: Sequence[Row]) -> Header | None:
        """Return the headings among the first rows, the lower row where two in a row have them; None for none."""
        found: Header | None = None
        for row in rows[:DEEPEST]:
            header = self.header(row)
            fields = {column.field for column in header.known}
            if found and not fields.issuperset(column.field for column in found.known):
                return found
            if fields.issuperset(self.required):
                found = header
        return found

    def require(self, rows: Sequence[Row], where: str = "") -> Header:
        """Return the headings; raises UNREADABLE_FILE that says which are missing, `where` tells of other places."""
        if (found := self.find(rows)) is not None:
            return found
        best = max((self.header(row) for row in rows[:DEEPEST]), key=lambda one: len(one.known), default=None)
        present = {column.field for column in best.known} if best else set()
        lacking = " and ".join(self.words[field][0] for field in self.required if field not in present)
        raise unreadable(f"No row with the heading {lacking} was found in the first {DEEPEST} rows{where}.")

    def header(self, row: Row) -> Header:
        """Return what the cells of a row mean as headings."""
        reasons = tuple(position for position, cell in enumerate(row.cells) if cell.strip() in REASONS)
        best: dict[str, tuple[int, Column]] = {}
        others: list[Column] = []
        for position, cell in enumerate(row.cells):
            if position in reasons or not (heading := clean(cell)):
                continue
            field, rank = self.meanings.get(key(heading), ("", 0))
            column = Column(position, field, heading[:LONGEST])
            if not field:
                others.append(column)
            elif field not in best or rank < best[field][0]:
                others += [best[field][1]] if field in best else []
                best[field] = (rank, column)
            else:
                others.append(column)
        others = [column for column in others if key(column.heading) not in self.passed_over]
        known = sorted((column for _, column in best.values()), key=lambda column: column.position)
        return Header(
            row,
            tuple(known),
            tuple(column for column in others if column.field),
            tuple(column for column in others if not column.field),
            reasons,
        )


def key(heading: str) -> str:
    """Return a heading without what people put around it: 姓　名（必填） is 姓名."""
    return NOISE.sub("", clean(heading)).casefold()


def letters(position: int) -> str:
    """Return a column as spreadsheets name it: 0 is A, 26 is AA."""
    found = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        found = chr(ord("A") + letter) + found
    return found
