"""Text as people type it, made fit to store: NFKC, no invisible characters, no longer than its column."""

import re
import unicodedata

from services.kit.errors import AppError, Violation, invalid

BLANKS = re.compile(r"\s+")
CONTROLS = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
)


def clean(text: str) -> str:
    """Return `text` in NFKC without invisible characters, trimmed, each run of blanks one space."""
    return BLANKS.sub(" ", CONTROLS.sub("", unicodedata.normalize("NFKC", text))).strip()


def line(text: str, longest: int, field: str) -> str:
    """Return cleaned text that is not empty; raises INVALID_FIELD that names `field`."""
    found = optional_line(text, longest, field)
    if not found:
        raise _refuse(field, "is empty")
    return found


def optional_line(text: str, longest: int, field: str) -> str:
    """Return cleaned text that may be empty; raises INVALID_FIELD where it has more than `longest` characters."""
    found = clean(text)
    if len(found) > longest:
        raise _refuse(field, f"has {len(found)} characters, at most {longest} are possible")
    return found


def _refuse(field: str, problem: str) -> AppError:
    return invalid("INVALID_FIELD", f"{field} {problem}.", Violation(field, problem, "INVALID_FIELD"))
