"""Words that people typed, made fit to store: NFKC, no invisible characters, no longer than their column."""

from services.kit.errors import AppError, Violation, invalid
from services.kit.values.text import clean
from services.training.reasons import Reason


def line(text: str, longest: int, field: str) -> str:
    """Return cleaned text that is not empty; raises INVALID_VALUE."""
    found = optional_line(text, longest, field)
    if not found:
        raise _refuse(field, "is empty")
    return found


def optional_line(text: str, longest: int, field: str) -> str:
    """Return cleaned text that may be empty; raises INVALID_VALUE where it is too long."""
    found = clean(text)
    if len(found) > longest:
        raise _refuse(field, f"has {len(found)} characters, at most {longest} are possible")
    return found


def _refuse(field: str, problem: str) -> AppError:
    message = f"{field} {problem}."
    return invalid(Reason.INVALID_VALUE, message, Violation(field, problem, Reason.INVALID_VALUE))
