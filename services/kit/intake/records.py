"""JSON by line: each line one object whose members are named as the columns of a table would be."""

import json
from functools import lru_cache
from typing import Any

from services.kit.intake.cells import Mark, mark_of, shown
from services.kit.intake.headings import REASONS_LEFT_OUT, Column, Header, Headings
from services.kit.intake.notice import NoticeCode, Noticed
from services.kit.intake.refusal import unreadable
from services.kit.intake.rows import NONE, WHOLE, Budget, Row


def is_records(text: str) -> bool:
    """Tell whether text begins as JSON by line does."""
    return text[:1000].lstrip().startswith("{")


class Records:
    """Lines of JSON against the headings of a caller."""

    def __init__(self, headings: Headings, noticed: Noticed) -> None:
        self.headings = headings
        self.noticed = noticed
        self.fields = list(headings.words)
        self.meant = lru_cache(1000)(self._meant)
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

    def _row(self, line: int, content: str) -> Row:
        members = object_of(content)
        if members is None:
            return Row(line, line, [content], [""] * len(self.fields), {WHOLE: Mark.NO_RECORD})
        header, values = self.meant(tuple(members)), list(members.values())
        self._notice(line, header)
        cells, marks = [""] * len(self.fields), {}
        for column in header.known:
            position = self.fields.index(column.field)
            text, mark = shown(values[column.position])
            cells[position] = self._whole(line, text)
            if mark := mark or mark_of(text):
                marks[position] = mark
        self.complete = self.complete or self._is_complete(header)
        return Row(line, line, [content], cells, marks or NONE)

    def _notice(self, line: int, header: Header) -> None:
        """Notice the members of a line that are not read."""
        if header.reasons:
            self.noticed.add(NoticeCode.REASONS_LEFT_OUT, REASONS_LEFT_OUT, line)
        for column in header.unknown:
            message = "this member is not known and was not read"
            self.noticed.add(NoticeCode.UNKNOWN_COLUMN, message, line, place=f"member {column.heading}")
        for column in header.duplicates:
            message = "means the same as another member, which was read instead"
            place = f"member {column.heading}"
            self.noticed.add(NoticeCode.DUPLICATE_HEADING, message, line, field=column.field, place=place)

    def _is_complete(self, header: Header) -> bool:
        return {column.field for column in header.known}.issuperset(self.headings.required)

    def _meant(self, names: tuple[str, ...]) -> Header:
        whole = [name.encode("utf-8", "ignore").decode() for name in names]
        return self.headings.header(Row(0, 0, whole, whole))

    def _whole(self, line: int, text: str) -> str:
        whole = text.encode("utf-8", "ignore").decode("utf-8")
        if whole != text:
            message = "half characters (lone surrogates) were left out"
            self.noticed.add(NoticeCode.BROKEN_CHARACTERS, message, line)
        return whole


def object_of(content: str) -> dict[str, Any] | None:
    """Return the JSON object in a line, None where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
