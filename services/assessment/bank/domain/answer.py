"""A candidate's answer to one question, as values."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; the field that fits the question's type is set, None or empty means left blank."""

    chosen: frozenset[str] = frozenset()
    statement_true: bool | None = None
    number: str = ""
    text: str = ""


def to_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as plain values, without what is not set."""
    values = {
        "chosen": sorted(answer.chosen),
        "statement_true": answer.statement_true,
        "number": answer.number,
        "text": answer.text,
    }
    return {field: value for field, value in values.items() if value not in ([], None, "")}


def from_json(value: dict[str, Any]) -> Answer:
    """Return the answer that `to_json` wrote."""
    return Answer(**value | {"chosen": frozenset(value.get("chosen", ()))})
