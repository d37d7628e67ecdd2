"""Between the contract's enums and the domain's: COHORT_STATE_PLANNED ↔ "planned"."""

from typing import Any


def word(enum: Any, prefix: str, number: int) -> str:
    """Return the domain's word of an enum value, "" for unspecified."""
    return enum.Name(number).removeprefix(prefix).lower() if number else ""


def value(enum: Any, prefix: str, text: str) -> Any:
    """Return the enum value (of that enum's own type) of the domain's word."""
    return enum.Value(prefix + text.upper())
