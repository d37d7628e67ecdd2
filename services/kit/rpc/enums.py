"""Between the contract's enums and the words of rows and domain: COHORT_STATE_PLANNED ↔ PLANNED.

The words equal the suffixes of the contract's values; "" stands for the unspecified value.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # the name that the stubs of generated code give to what an enum is an instance of
    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper

# Values of each enum have a type of their own, so that mypy refuses the state of another noun.
Number = TypeVar("Number", bound=int)


@cache
def _tables(enum: Any) -> tuple[dict[str, Any], dict[int, str]]:
    values = enum.DESCRIPTOR.values
    prefix = enum.DESCRIPTOR.values_by_number[0].name.removesuffix("UNSPECIFIED")
    words = {value.number: value.name.removeprefix(prefix) if value.number else "" for value in values}
    return {word: number for number, word in words.items()}, words


def number(enum: "_EnumTypeWrapper[Number]", word: str) -> Number:
    """Return the value of `enum` for a word, the unspecified one for ""; raises KeyError for what is no word of it."""
    found: Number = _tables(enum)[0][word]
    return found


def word(enum: "_EnumTypeWrapper[Number]", number: Number) -> str:
    """Return the word of a value, "" for the unspecified one; raises KeyError for what is no value of `enum`."""
    return _tables(enum)[1][number]
