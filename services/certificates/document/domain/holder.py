"""The holder's name: what may be printed, and when two spellings are one name."""

import unicodedata

from services.certificates.reasons import Reason
from services.kit.errors import Violation, invalid
from services.vocabulary.person_name import name_key

LONGEST_KEY = 200
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co"})


def comparable(name: str) -> str:
    """Return the form in which two spellings are equal: NFKC, without blanks, middle dots and case."""
    return name_key(name)[:LONGEST_KEY]


def printable(name: str, field: str = "holder_name") -> str:
    """Return a name ready for print; raises TEXT_NOT_PRINTABLE for control characters and empty names."""
    text = unicodedata.normalize("NFC", name).strip()
    if not text or any(unicodedata.category(letter) in UNPRINTABLE for letter in text):
        message = f"{field} must hold visible characters only."
        reason = Reason.TEXT_NOT_PRINTABLE
        raise invalid(reason, message, Violation(field, message, reason))
    return text
