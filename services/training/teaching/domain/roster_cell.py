"""Cells of a roster as spreadsheets hold them: text, numbers, dates; full-width, blanks and all.

Excel keeps 15 digits of a number. An ID number that it stored as one has lost its last three, and nothing can
bring them back: such a cell is refused, never repaired.
"""

import re
from datetime import date, datetime, timedelta

from services.kit.values.text import clean
from services.training.reasons import Reason
from services.vocabulary import national_id
from services.vocabulary.person_name import person_name as printed_name
from services.vocabulary.reasons import Reason as Shared

Cell = object
EXACT_DIGITS = 10**15
SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?E\+?\d+", re.IGNORECASE)
PHONE = re.compile(r"\+?[0-9]{5,20}")
PHONE_NOISE = re.compile(r"[\s\-()]")
TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + TIME)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})")
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(1, 80_000)


class Problem(Exception):
    """What is wrong with one cell."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def text(cell: Cell) -> str:
    """Return what a person sees in the cell, in NFKC and trimmed."""
    if isinstance(cell, str):
        plain = cell.isascii() and cell.isprintable()  # most cells: nothing to fold
        return " ".join(cell.split()) if plain else clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def short_text(cell: Cell, longest: int) -> str:
    """Return text of at most `longest` characters; raises Problem INVALID_VALUE."""
    found = text(cell)
    if len(found) > longest:
        raise Problem(Reason.INVALID_VALUE, f"has {len(found)} characters, at most {longest} are possible")
    return found


def person_name(cell: Cell) -> str:
    """Return a person's name; raises Problem MISSING_VALUE or INVALID_VALUE."""
    found = printed_name(short_text(cell, 60))
    if not found:
        raise Problem(Reason.MISSING_VALUE, "is empty")
    if any(letter.isdigit() for letter in found):
        raise Problem(Reason.INVALID_VALUE, "a name holds no digits")
    return found


def id_number(cell: Cell) -> str:
    """Return a valid national ID number; raises Problem that never quotes it."""
    number = national_id.normalize(text(cell))
    if not number:
        raise Problem(Reason.MISSING_VALUE, "is empty")
    problems = national_id.problems(number)
    if _lost_digits(cell, number, bool(problems)):
        raise Problem(
            Reason.ID_PRECISION_LOST,
            "a spreadsheet stored the ID number as a number and lost its last digits; "
            "format the column as text and enter the number again",
        )
    if problems:
        raise Problem(Shared.INVALID_NATIONAL_ID, "; ".join(problems))
    return number


def _lost_digits(cell: Cell, number: str, wrong: bool) -> bool:
    if isinstance(cell, int | float):
        return abs(cell) >= EXACT_DIGITS
    if SCIENTIFIC.fullmatch(number):
        return True
    return wrong and len(number) == 18 and number.endswith("000")


def phone(cell: Cell) -> str:
    """Return a telephone number without blanks and dashes, "" for none; raises Problem INVALID_VALUE."""
    found = PHONE_NOISE.sub("", text(cell))
    if found and not PHONE.fullmatch(found):
        raise Problem(Reason.INVALID_VALUE, "is no telephone number")
    return found


def day(cell: Cell) -> date | None:
    """Return the day in a cell, None where it is empty; raises Problem INVALID_DATE.

    Accepts date cells, Excel's day numbers, and 2025-03-01, 2025/3/1, 2025.3.1, 2025年3月1日, 20250301.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = text(cell)
    if not found:
        return None
    if (match := DATE.fullmatch(found) or COMPACT_DATE.fullmatch(found)) is not None:
        return _calendar(*match.groups())
    if found.isdigit() and int(found) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(int(found))
    raise _no_date()


def month(cell: Cell) -> date | None:
    """Return the first day of a month (1990-05, 1990年5月, 199005), None for anything else."""
    match = MONTH.fullmatch(text(cell))
    if match is None:
        return None
    year, number = match.group(1) or match.group(3), match.group(2) or match.group(4)
    return _calendar(year, number, "1")


def check_birth(cell: Cell, number: str) -> None:
    """Raise Problem BIRTH_DATE_MISMATCH where a birth date (or month) differs from that in the ID number."""
    born = national_id.birth_date(number)
    if born is None:
        return
    if (first := month(cell)) is not None:
        same = (first.year, first.month) == (born.year, born.month)
    else:
        found = day(cell)
        same = found is None or found == born
    if not same:
        raise Problem(Reason.BIRTH_DATE_MISMATCH, "differs from the birth date in the ID number")


def _calendar(year: str, number: str, day_number: str) -> date:
    try:
        return date(int(year), int(number), int(day_number))
    except ValueError:
        raise _no_date() from None


def _no_date() -> Problem:
    return Problem(Reason.INVALID_DATE, "is no date; write it as 2025-03-01")
