"""Between proto enum values (EXAM_STATE_OPEN) and the words that rows and domain use (OPEN)."""

from functools import cache
from typing import Any


@cache
def _prefix(enum: Any) -> str:
    return str(enum.DESCRIPTOR.values_by_number[0].name).removesuffix("UNSPECIFIED")


def to_enum(enum: Any, word: str) -> Any:
    """Return the value of `enum` for a word; the unspecified one for ""."""
    return enum.Value(_prefix(enum) + (word or "UNSPECIFIED"))


def from_enum(enum: Any, value: int) -> str:
    """Return the word of a value; "" for the unspecified one."""
    return str(enum.Name(value)).removeprefix(_prefix(enum)) if value else ""
