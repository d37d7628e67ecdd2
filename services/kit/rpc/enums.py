"""Between the contract's enums and the words of rows and domain: COHORT_STATE_PLANNED ↔ PLANNED.

The words equal the suffixes of the contract's values; "" stands for the unspecified value.
"""

from functools import lru_cache
from typing import Any


@lru_cache(None)
def _tables(enum: Any) -> tuple[dict[str, int], dict[int, str]]:
    values = enum.DESCRIPTOR.values
    prefix = next(value.name for value in values if value.number == 0).removesuffix("UNSPECIFIED")
    words = {value.number: value.name.removeprefix(prefix) if value.number else "" for value in values}
    return {word: number for number, word in words.items()}, words


def number(enum: Any, word: str) -> Any:
    """Return the value of `enum` (of that enum's own type) for a word; the unspecified one for ""."""
    return _tables(enum)[0][word]


def word(enum: Any, number: int) -> str:
    """Return the word of a value; "" for the unspecified one."""
    return _tables(enum)[1][number]
