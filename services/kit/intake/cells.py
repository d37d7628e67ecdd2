"""Cells as text, as a person sees them, and the marks of those that do not say what somebody entered.

Spreadsheets keep 15 digits of a number; what they rounded is marked, never repaired. Text that would run as a formula
is made inert by one apostrophe before it, which reading back takes away.
"""

import math
import re
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.kit.values.text import CONTROLS, clean

EXACT = 10**15
ERRORS = frozenset(
    {
        "#N/A",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#GETTING_DATA",
    }
)
SCIENTIFIC = re.compile(r"\s*[+-]?\d+(\.\d+)?E\+?\d+\s*", re.IGNORECASE)
GUARD = re.compile(r'\s*="([^"]*)"\s*')
QUOTED = re.compile(r"[\s']*([0-9A-Za-z][0-9A-Za-z \-]*)")
LONG = re.compile(r"\d{12,}|0\d+")  # digits that a spreadsheet rounds, or shows otherwise
RUNS = ("=", "+", "-", "@", "\t", "\r")
WIDE = ("＝", "＋", "－", "＠")  # which East Asian spreadsheets take for the same


class Mark(StrEnum):
    """Why a cell does not say what somebody entered."""

    ERROR = "ERROR"  # a formula that failed, or was never calculated
    ROUNDED = "ROUNDED"  # a number of more digits than a spreadsheet keeps
    NO_RECORD = "NO_RECORD"  # the whole line is no record


def shown(value: Any) -> tuple[str, Mark | None]:
    """Return a value of a spreadsheet or of JSON as text, and its mark; `{"error": text}` is a failed formula."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        return value["error"], Mark.ERROR
    return "", None


def _number(value: float) -> tuple[str, Mark | None]:
    if isinstance(value, float) and not math.isfinite(value):
        return "", None
    if abs(value) >= EXACT:
        mantissa, _, exponent = f"{Decimal(value):.14E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}", Mark.ROUNDED
    return str(int(value)) if value == int(value) else f"{value:.15g}", None


def tidied(text: str) -> str:
    """Return text as it is worked with: full-width characters folded, invisible ones and needless blanks left out."""
    plain = text.isascii() and text.isprintable()  # most cells: nothing to fold
    return " ".join(text.split()) if plain else clean(text)


def mark_of(text: str) -> Mark | None:
    """Return the mark of text that a spreadsheet wrote: #N/A and the like, 3.7E+17 and the like."""
    if text.strip() in ERRORS:
        return Mark.ERROR
    return Mark.ROUNDED if SCIENTIFIC.fullmatch(text) else None


def unguarded(text: str) -> str:
    """Return text without what keeps a spreadsheet from taking it for a number: ="…", an apostrophe, tabs."""
    if found := GUARD.fullmatch(text):
        return found.group(1)
    if "\t" in text or text.lstrip().startswith("'"):
        found = QUOTED.fullmatch(text.rstrip())
        return found.group(1) if found and any(map(str.isdigit, text)) else text
    return text


def inert(text: str) -> str:
    """Return text that a spreadsheet takes for text, not for a formula; `active` undoes it."""
    return f"'{text}" if _runs(text) else text


def active(text: str) -> str:
    """Return what `inert` was given."""
    return text[1:] if text.startswith("'") and _runs(text) else text


def _runs(text: str) -> bool:
    bare = text.lstrip("'")
    seen = CONTROLS.sub("", bare).lstrip()
    return (bare.startswith(RUNS) or seen.startswith((*RUNS, *WIDE))) and not GUARD.fullmatch(bare)


def kept(text: str) -> str:
    """Return a cell of a CSV file that a spreadsheet neither runs nor rounds."""
    if text[:1].isalpha():
        return text
    return f'="{text}"' if LONG.fullmatch(text) else inert(text)


def given(text: str) -> str:
    """Return what `kept` was given."""
    if (found := GUARD.fullmatch(text)) and LONG.fullmatch(found.group(1)):
        return found.group(1)
    return active(text)
