"""The ledger of learning hours: entries are only added; a correction replaces one entry and says why.

The sum of a content item counts the entries that no other entry corrects.
"""

from collections.abc import Mapping
from enum import StrEnum

from services.kit.errors import AppError, Violation, invalid
from services.training.reasons import Reason
from services.training.teaching.domain.program import Program
from services.vocabulary import tenths

MOST_HOURS_A_DAY = 240


class TeachingMode(StrEnum):
    """How hours were taught."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"


Totals = Mapping[tuple[str, str], int]
"""Tenths of 学时 by (content item, mode), corrections applied."""


def hours(text: str, field: str, *, correction: bool) -> int:
    """Return 学时 of one day in tenths; 0 only strikes an entry out; raises INVALID_HOURS."""
    found = tenths.parse(text)
    if found > MOST_HOURS_A_DAY or (found == 0 and not correction):
        raise _refuse(Reason.INVALID_HOURS, field, f"an entry holds 0.1 to 24 hours, not {text}")
    return found


def check_item(item: str, program: Program, field: str) -> None:
    """Raise UNKNOWN_ITEM where the program has no such content."""
    if item not in program.keys:
        known = ", ".join(sorted(program.keys))
        raise _refuse(Reason.UNKNOWN_ITEM, field, f"{item!r} is no content of the program; known are {known}")


def check_correction(corrects: str, reason: str, enrollment: str, field: str) -> None:
    """Raise INVALID_CORRECTION where the reason is missing or the entry belongs to another enrollment."""
    if not corrects:
        return
    if not reason:
        raise _refuse(Reason.INVALID_CORRECTION, f"{field}.reason", "a correction needs a reason")
    if not corrects.startswith(f"{enrollment}/hourEntries/"):
        message = "the entry belongs to another enrollment"
        raise _refuse(Reason.INVALID_CORRECTION, f"{field}.corrects", message)


def total(totals: Totals) -> int:
    """Return the hours of all items, in tenths."""
    return sum(totals.values())


def of_item(totals: Totals, item: str) -> int:
    """Return the hours of one item in both modes, in tenths."""
    return sum(totals.get((item, mode), 0) for mode in TeachingMode)


def of_mode(totals: Totals, mode: TeachingMode) -> int:
    """Return the hours of all items in one mode, in tenths."""
    return sum(hours for (_, taught), hours in totals.items() if taught == mode)


def _refuse(reason: Reason, field: str, message: str) -> AppError:
    return invalid(reason, f"{message}.", Violation(field, message, reason))
