"""Points and weights as whole tenths, so that sums are exact."""

from decimal import Decimal

FULL_MARK = 1000  # 100 points


def tenths(text: str) -> int:
    """Return "2.5" as 25; the text has at most one decimal."""
    return int(Decimal(text) * 10)


def decimal_text(value: int) -> str:
    """Return 25 as "2.5" and 20 as "2"."""
    whole, rest = divmod(value, 10)
    return f"{whole}.{rest}" if rest else str(whole)
