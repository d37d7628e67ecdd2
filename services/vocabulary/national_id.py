"""公民身份号码 by GB 11643-1999: 6 digits region, 8 birth date, 3 order, 1 check character."""

import re
from datetime import date

from stdnum.iso7064 import mod_11_2

from services.kit.errors import Violation, invalid
from services.kit.values.text import clean
from services.vocabulary.reasons import Reason

SHAPE = re.compile(r"[0-9]{17}[0-9X]")
INSIDE = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
NOISE = re.compile(r"[\s\-‐–—'’`]")


def normalize(text: str) -> str:
    """Return the number with full-width digits, blanks and dashes folded and an upper-case X."""
    return text if SHAPE.fullmatch(text) else NOISE.sub("", clean(text)).upper()


def problems(text: str) -> list[str]:
    """Return what is wrong with a number, as sentences; empty when it is valid."""
    number = normalize(text)
    if not SHAPE.fullmatch(number):
        return [f"must be 17 digits and a digit or X, has {len(number)} characters"]
    wrong = []
    if birth_date(number) is None:
        wrong.append("digits 7 to 14 are no calendar day")
    if not mod_11_2.is_valid(number):
        wrong.append("the check character does not fit")
    return wrong


def checked(text: str, field: str) -> str:
    """Return the normalized number; raises INVALID_NATIONAL_ID that names `field` and never quotes the number."""
    if wrong := problems(text):
        violations = (Violation(field, problem, Reason.INVALID_NATIONAL_ID) for problem in wrong)
        raise invalid(Reason.INVALID_NATIONAL_ID, "The national ID number is not valid.", *violations)
    return normalize(text)


def stands_in(text: str) -> bool:
    """Tell whether text that is no number holds a valid one, which must not stand in the open."""
    return any(mod_11_2.is_valid(found.upper()) for found in INSIDE.findall(clean(text)))


def birth_date(number: str) -> date | None:
    """Return the birth date inside a normalized number, None where it is no calendar day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def mask(text: str) -> str:
    """Return the number with its birth date and order hidden: 370102********123X."""
    number = normalize(text)
    return f"{number[:6]}********{number[14:]}" if len(number) == 18 else "*" * len(number)
