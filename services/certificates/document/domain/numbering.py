"""Numbers of certificates: the official pattern, and a number as somebody types it.

The pattern has 22 characters that tell who issued, where, when and at which level: one letter and 21
digits, as skill-level certificates have them: kind of body (Y employer, S social body), code of the body (4), province
(2), its number there (6), year (2), level (1), serial of that body in that year (6).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.vocabulary.level import Level

MOST = 999_999
CODE = re.compile(r"[YS]\d{12}")
# What people put between the characters, and the wide digits of Chinese keyboards.
IGNORED = {ord(letter): None for letter in " \t\r\n-\u00a0\u2010\u2011\u2012\u2013\u2014\u3000"} | {
    0xFF10 + digit: str(digit) for digit in range(10)
}


@dataclass(frozen=True, slots=True)
class OfficialCodes:
    """Codes that the authority gave: of each owner (13 characters) and of each level; with source and mark."""

    owners: Mapping[str, str]
    levels: Mapping[Level, str]
    source: str
    mark: str


def codes_from(entries: dict) -> OfficialCodes:
    """Read a file of codes; raises ValueError for a code of another shape."""
    owners = {entry["owner"]: entry["code"] for entry in entries.get("owner", ())}
    levels = {Level[name.upper()]: str(digit) for name, digit in entries["levels"]["digits"].items()}
    if wrong := [code for code in owners.values() if not CODE.fullmatch(code)]:
        raise ValueError(
            f"{', '.join(wrong)}: a code is Y or S, 4 digits of the body, 2 of the province, 6 more"
        )
    if set(levels) != set(Level) or not all(re.fullmatch("[1-5]", digit) for digit in levels.values()):
        raise ValueError("every level needs a digit from 1 to 5")
    return OfficialCodes(owners, levels, entries["levels"]["source"], entries["levels"]["mark"])


def compose(code: str, year: int, level: str, serial: int) -> str:
    """Return the number; raises ValueError where the serials of the year are used up."""
    if not 0 < serial <= MOST:
        raise ValueError(f"{code} has used its {MOST} serials of {year}")
    return f"{code}{year % 100:02d}{level}{serial:06d}"


def normalize(number: str) -> str:
    """Return a number as it is stored: upper case, without blanks and dashes."""
    if number.isascii() and number.isalnum():
        return number.upper()
    return number.translate(IGNORED).upper()
