"""Hours, points and scores: decimal text outside, whole tenths inside, so that sums are exact."""

FULL_MARK = 1000  # 100 points


def parse(text: str) -> int:
    """Return tenths of decimal text with at most one decimal ("80.5" → 805); raises ValueError."""
    whole, _, tenth = text.partition(".")
    return int(whole) * 10 + int(tenth or 0)


def show(tenths: int) -> str:
    """Return decimal text of tenths without a needless zero (805 → "80.5", 800 → "80")."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
