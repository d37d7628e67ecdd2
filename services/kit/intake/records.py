"""JSON by line: each line one object whose members are named as the columns of a table would be."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from services.kit.intake.cells import Mark, shown
from services.kit.intake.headings import Column, Header, Headings
from services.kit.intake.notice import MOST_NOTICES, Notice, NoticeCode
from services.kit.intake.refusal import unreadable
from services.kit.intake.rows import NONE, WHOLE, Budget, Row


def is_records(text: str) -> bool:
    """Tell whether text begins as JSON by line does."""
    return text[:1000].lstrip().startswith("{")


class Records:
    """Lines of JSON against the headings of a caller."""

    def __init__(self, headings: Headings) -> None:
        self.headings = headings
        self.fields = list(headings.words)
        self.meant = lru_cache(1000)(self._meant)
        self.unknown: dict[str, int] = {}
        self.broken = 0
        self.complete = False

    @property
    def header(self) -> Header:
        """The fields as columns."""
        names = [self.headings.words[field][0] for field in self.fields]
        known = (Column(at, field, names[at]) for at, field in enumerate(self.fields))
        return Header(Row(0, 0, names, names), tuple(known))

    def read(self, text: str) -> list[Row]:
        """Return a row for each line with content; raises UNREADABLE_FILE where no line has what is required."""
        budget, rows = Budget(), []
        for line, content in enumerate(text.split("\n"), 1):
            if content.strip():
                budget.take(line, len(self.fields))
                rows.append(self._row(line, content.rstrip("\r")))
        if not self.complete:
            wanted = " and ".join(self.headings.words[field][0] for field in self.headings.required)
            raise unreadable(f"No line is a JSON object with the members {wanted}.")
        return rows

    def notices(self) -> Iterator[Notice]:
        """Yield what was not read."""
        for name, count in self.unknown.items():
            message = "this member is not known and was not read"
            yield Notice(f"member {name[:60]}", NoticeCode.UNKNOWN_COLUMN, message, count)
        if self.broken:
            message = "half characters (lone surrogates) were left out"
            yield Notice("", NoticeCode.BROKEN_CHARACTERS, message, self.broken)

    def _row(self, line: int, content: str) -> Row:
        members = object_of(content)
        if members is None:
            return Row(line, line, [content], [""] * len(self.fields), {WHOLE: Mark.NO_RECORD})
        header, values = self.meant(tuple(members)), list(members.values())
        for column in header.unknown:
            if column.heading in self.unknown or len(self.unknown) < MOST_NOTICES:
                self.unknown[column.heading] = self.unknown.get(column.heading, 0) + 1
        cells, marks = [""] * len(self.fields), {}
        for column in header.known:
            position = self.fields.index(column.field)
            text, mark = shown(values[column.position])
            cells[position] = self._whole(text)
            if mark:
                marks[position] = mark
        self.complete = self.complete or self._is_complete(header)
        return Row(line, line, [content], cells, marks or NONE)

    def _is_complete(self, header: Header) -> bool:
        return {column.field for column in header.known}.issuperset(self.headings.required)

    def _meant(self, names: tuple[str, ...]) -> Header:
        whole = [name.encode("utf-8", "ignore").decode() for name in names]
        return self.headings.header(Row(0, 0, whole, whole))

    def _whole(self, text: str) -> str:
        whole = text.encode("utf-8", "ignore").decode("utf-8")
        self.broken += whole != text
        return whole


def object_of(content: str) -> dict[str, Any] | None:
    """Return the JSON object in a line, None where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
