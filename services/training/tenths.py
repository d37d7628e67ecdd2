"""Hours and scores: decimal text outside, whole tenths inside, so that sums are exact."""

from services.kit.errors import AppError, Violation, invalid
from services.training.reasons import Reason

HIGHEST_SCORE = 1000
MOST_HOURS_A_DAY = 240


def parse(text: str) -> int:
    """Return tenths of decimal text with at most one decimal ("80.5" → 805)."""
    whole, _, tenth = text.partition(".")
    return int(whole) * 10 + int(tenth or 0)


def show(tenths: int) -> str:
    """Return decimal text of tenths without a needless zero (805 → "80.5", 800 → "80")."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def score(text: str, field: str) -> int:
    """Return a score of 0 to 100 in tenths; raises INVALID_SCORE."""
    tenths = parse(text)
    if tenths > HIGHEST_SCORE:
        raise _refuse(Reason.INVALID_SCORE, field, f"a score is at most 100, not {text}")
    return tenths


def hours(text: str, field: str, *, correction: bool) -> int:
    """Return 学时 of one day in tenths; 0 only strikes an entry out; raises INVALID_HOURS."""
    tenths = parse(text)
    if tenths > MOST_HOURS_A_DAY or (tenths == 0 and not correction):
        raise _refuse(Reason.INVALID_HOURS, field, f"an entry holds 0.1 to 24 hours, not {text}")
    return tenths


def _refuse(reason: Reason, field: str, message: str) -> AppError:
    return invalid(reason, message, Violation(field, message, reason))
