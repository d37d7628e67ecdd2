"""Cells of a roster, whose text is folded and trimmed already, as values; and what is wrong with them.

Spreadsheets keep 15 digits of a number. An ID number that one stored as a number has lost its last three, and nothing
can bring them back: such a cell is refused, never repaired.
"""

import re
from datetime import date, timedelta

from services.kit.intake.cells import Mark
from services.training.reasons import Reason
from services.vocabulary import national_id
from services.vocabulary.person_name import person_name as printed_name
from services.vocabulary.reasons import Reason as Shared

PHONE = re.compile(r"\+?[0-9]{5,20}")
PHONE_NOISE = re.compile(r"[\s\-()]")
TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + TIME)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})")
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(1, 80_000)


class Problem(Exception):
    """What is wrong with one cell, and what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def require_value(mark: Mark | None, field: str) -> None:
    """Raise Problem for a cell that shows the failure of a formula, or only the first digits of an ID number."""
    if mark is Mark.ERROR:
        raise Problem(Reason.INVALID_VALUE, "is a formula that failed; write the value itself")
    if mark is Mark.ROUNDED and field == "national_id":
        raise _digits_lost()


def short_text(text: str, longest: int) -> str:
    """Return text of at most `longest` characters without an ID number; raises Problem INVALID_VALUE."""
    if national_id.stands_in(text):
        message = (
            "holds an ID number; take it out (a quotation mark that is not closed may have brought it here)"
        )
        raise Problem(Reason.INVALID_VALUE, message)
    if len(text) > longest:
        message = f"has {len(text)} characters, at most {longest} are possible; shorten it"
        raise Problem(Reason.INVALID_VALUE, message)
    return text


def person_name(text: str) -> str:
    """Return a person's name; raises Problem MISSING_VALUE or INVALID_VALUE."""
    found = printed_name(short_text(text, 60))
    if not found:
        raise Problem(Reason.MISSING_VALUE, "is empty; fill it in")
    if any(letter.isdigit() for letter in found):
        raise Problem(Reason.INVALID_VALUE, "holds digits, which no name does; correct it")
    return found


def id_number(text: str) -> str:
    """Return a valid national ID number; raises Problem that never quotes it."""
    number = national_id.normalize(text)
    if not number:
        raise Problem(Reason.MISSING_VALUE, "is empty; fill it in")
    problems = national_id.problems(number)
    if problems and len(number) == 18 and number.endswith("000"):
        raise _digits_lost()
    if problems:
        raise Problem(
            Shared.INVALID_NATIONAL_ID, f"{'; '.join(problems)}; compare it with the card and correct it"
        )
    return number


def phone(text: str) -> str:
    """Return a telephone number without blanks and dashes, "" for none; raises Problem INVALID_VALUE."""
    found = PHONE_NOISE.sub("", text)
    if found and not PHONE.fullmatch(found):
        raise Problem(Reason.INVALID_VALUE, "is no telephone number; correct it, or leave it empty")
    return found


def day(text: str) -> date | None:
    """Return the day in a cell, None where it is empty; raises Problem INVALID_DATE.

    Accepts 2025-03-01, 2025/3/1, 2025.3.1, 2025年3月1日, 20250301, moments, and the day numbers of spreadsheets.
    """
    if not text:
        return None
    if (match := DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)) is not None:
        return _calendar(*match.groups())
    if is_day_number(text):
        return EXCEL_EPOCH + timedelta(int(text))
    raise _no_date()


def is_day_number(text: str) -> bool:
    """Tell whether text is a day as spreadsheets count them: 45717 is 2025-03-01."""
    return text.isdecimal() and len(text) < 6 and int(text) in EXCEL_DAYS


def month(text: str) -> date | None:
    """Return the first day of a month (1990-05, 1990年5月, 199005), None for anything else."""
    match = MONTH.fullmatch(text)
    if match is None:
        return None
    year, number = match.group(1) or match.group(3), match.group(2) or match.group(4)
    return _calendar(year, number, "1")


def check_birth(text: str, number: str) -> None:
    """Raise Problem BIRTH_DATE_MISMATCH where a birth date (or month) differs from that in the ID number."""
    born = national_id.birth_date(number)
    if born is None:
        return
    if (first := month(text)) is not None:
        same = (first.year, first.month) == (born.year, born.month)
    else:
        found = day(text)
        same = found is None or found == born
    if not same:
        message = "differs from the birth date in the ID number; correct the one that is wrong"
        raise Problem(Reason.BIRTH_DATE_MISMATCH, message)


def _calendar(year: str, number: str, day_number: str) -> date:
    try:
        return date(int(year), int(number), int(day_number))
    except ValueError:
        raise _no_date() from None


def _digits_lost() -> Problem:
    return Problem(
        Reason.ID_PRECISION_LOST,
        "a spreadsheet stored the ID number as a number and lost its last digits; "
        "format the column as text and enter the number again",
    )


def _no_date() -> Problem:
    return Problem(Reason.INVALID_DATE, "is no date; write it as 2025-03-01")
