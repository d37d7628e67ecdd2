"""Notices: what a reader folded, assumed or left out, said beside what was rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_NOTICES = 100


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
    GUARDS_REMOVED = "GUARDS_REMOVED"
    ROWS_ABOVE_HEADINGS = "ROWS_ABOVE_HEADINGS"
    UNKNOWN_COLUMN = "UNKNOWN_COLUMN"
    DUPLICATE_HEADING = "DUPLICATE_HEADING"
    CELLS_BEYOND_HEADINGS = "CELLS_BEYOND_HEADINGS"
    REASONS_LEFT_OUT = "REASONS_LEFT_OUT"
    ROWS_LEFT_OUT = "ROWS_LEFT_OUT"
    FURTHER_NOTICES = "FURTHER_NOTICES"


@dataclass(frozen=True, slots=True)
class Notice:
    """`place` is where, for people ("" is the whole file); `count` is how often, at least 1."""

    place: str
    code: NoticeCode
    message: str
    count: int = 1


def bounded(notices: Sequence[Notice]) -> list[Notice]:
    """Return the first notices, and how many there are beyond them."""
    further = len(notices) - MOST_NOTICES
    if further <= 0:
        return list(notices)
    last = Notice("", NoticeCode.FURTHER_NOTICES, f"{further} further notices are not listed", further)
    return [*notices[:MOST_NOTICES], last]


def numbers(found: Sequence[int], most: int = 5) -> str:
    """Return row numbers for people: the first few of many."""
    told = ", ".join(map(str, found[:most]))
    return told if len(found) <= most else f"{told} and {len(found) - most} more"
