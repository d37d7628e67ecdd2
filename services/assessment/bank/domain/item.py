"""What an item (试题) asks and what is right: five types, one shape, and what must hold for each.

Equal content has an equal hash, whatever file or hand it came from.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from string import ascii_lowercase
from typing import Any

from services.assessment.reasons import Reason
from services.kit.errors import Violation
from services.kit.values.text import CONTROLS, clean

MOST_CHOICES = 20
NO_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")  # no XML file can hold them
NUMBER = re.compile(r"-?[0-9]{1,15}([.][0-9]{1,15})?")


class ItemType(StrEnum):
    """The types that are marked automatically, in the order in which a paper shows them."""

    SINGLE_CHOICE = "SINGLE_CHOICE"
    MULTIPLE_CHOICE = "MULTIPLE_CHOICE"
    TRUE_FALSE = "TRUE_FALSE"
    NUMERIC = "NUMERIC"
    SHORT_ANSWER = "SHORT_ANSWER"


CHOICE_TYPES = frozenset({ItemType.SINGLE_CHOICE, ItemType.MULTIPLE_CHOICE})
PAPER_ORDER = {item_type: place for place, item_type in enumerate(ItemType)}


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice; `key` is its letter."""

    key: str
    text: str
    correct: bool


@dataclass(frozen=True, slots=True)
class ItemContent:
    """An item's content; fields that its type does not use keep their defaults."""

    type: ItemType
    stem: str
    choices: tuple[Choice, ...] = ()
    statement_true: bool | None = None
    value: str = ""
    tolerance: str = ""
    accepted: tuple[str, ...] = ()
    case_sensitive: bool = False
    explanation: str = ""

    @property
    def correct_keys(self) -> frozenset[str]:
        """Letters of the right choices."""
        return frozenset(choice.key for choice in self.choices if choice.correct)


def to_json(content: ItemContent) -> dict[str, Any]:
    """Return the content as plain values, the same for equal content."""
    return {
        "type": str(content.type),
        "stem": content.stem,
        "choices": [{"key": c.key, "text": c.text, "correct": c.correct} for c in content.choices],
        "statement_true": content.statement_true,
        "value": content.value,
        "tolerance": content.tolerance,
        "accepted": list(content.accepted),
        "case_sensitive": content.case_sensitive,
        "explanation": content.explanation,
    }


def from_json(value: dict[str, Any]) -> ItemContent:
    """Return the content that `to_json` wrote."""
    choices = tuple(Choice(**choice) for choice in value["choices"])
    fields = {"type": ItemType(value["type"]), "choices": choices, "accepted": tuple(value["accepted"])}
    return ItemContent(**value | fields)


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and no blanks, the form that hashes are taken over."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(content: ItemContent, knowledge_point: str) -> str:
    """Return the SHA-256 (hex) by which equal items are recognized."""
    text = canonical_json({"knowledge_point": knowledge_point, "content": to_json(content)})
    return hashlib.sha256(text.encode()).hexdigest()


def tidy_text(text: str) -> str:
    """Return text without invisible characters, blank runs and blank edges; lines stay lines."""
    plain = NO_XML.sub("", CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = plain.split("\n")
    joined = "\n".join(re.sub(r"[^\S\n]+", " ", line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def tidy(content: ItemContent) -> ItemContent:
    """Return the content in its one spelling: tidy texts, letters a, b, c, …, plain numbers."""
    choices = tuple(
        Choice(letter, tidy_text(choice.text), choice.correct)
        for letter, choice in zip(ascii_lowercase, content.choices, strict=False)
    )
    return replace(
        content,
        stem=tidy_text(content.stem),
        explanation=tidy_text(content.explanation),
        choices=choices,
        accepted=tuple(dict.fromkeys(tidy_text(text) for text in content.accepted)),
        value=plain_number(content.value),
        tolerance=plain_number(content.tolerance),
    )


def plain_number(text: str) -> str:
    """Return "05.50" as "5.5"; text that is no number comes back as it is."""
    if not NUMBER.fullmatch(text):
        return text
    plain = f"{Decimal(text):f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) if Decimal(text) else "0"


def problems(content: ItemContent) -> list[Violation]:
    """Return everything that keeps tidy content from being an item of its type."""
    found = [("stem", "is empty")] if not content.stem else []
    found += CHECKS[content.type](content)
    found += [(field, f"is not used by {content.type}") for field in _strangers(content)]
    return [Violation(field, f"{field} {message}", Reason.INVALID_ITEM) for field, message in found]


def _strangers(content: ItemContent) -> Iterable[str]:
    used = USED_FIELDS[content.type]
    given = {
        "choices": bool(content.choices),
        "statement_true": content.statement_true is not None,
        "number": bool(content.value or content.tolerance),
        "accepted": bool(content.accepted),
    }
    return [field for field, present in given.items() if present and field != used]


def _check_choices(content: ItemContent) -> list[tuple[str, str]]:
    texts = [clean(choice.text) for choice in content.choices]
    found = []
    if not 2 <= len(texts) <= MOST_CHOICES:
        found.append(("choices", f"must be 2 to {MOST_CHOICES}, not {len(texts)}"))
    found += [(f"choices[{at}]", "is empty") for at, text in enumerate(texts) if not text]
    if len(set(texts)) < len(texts):
        found.append(("choices", "hold the same text twice"))
    return found


def _check_single(content: ItemContent) -> list[tuple[str, str]]:
    right = len(content.correct_keys)
    wrong_count = [("choices", f"must hold exactly one right choice, not {right}")] if right != 1 else []
    return _check_choices(content) + wrong_count


def _check_multiple(content: ItemContent) -> list[tuple[str, str]]:
    none_right = [("choices", "must hold at least one right choice")] if not content.correct_keys else []
    return _check_choices(content) + none_right


def _check_statement(content: ItemContent) -> list[tuple[str, str]]:
    return [("statement_true", "is not given")] if content.statement_true is None else []


def _check_number(content: ItemContent) -> list[tuple[str, str]]:
    given = {"value": content.value, "tolerance": content.tolerance}
    found = [
        (f"number.{field}", f"{text!r} is no decimal number")
        for field, text in given.items()
        if not NUMBER.fullmatch(text)
    ]
    negative = not found and Decimal(content.tolerance) < 0
    return found + ([("number.tolerance", "is negative")] if negative else [])


def _check_accepted(content: ItemContent) -> list[tuple[str, str]]:
    if not content.accepted:
        return [("accepted", "is empty")]
    return [(f"accepted[{at}]", "is empty") for at, text in enumerate(content.accepted) if not clean(text)]


CHECKS = {
    ItemType.SINGLE_CHOICE: _check_single,
    ItemType.MULTIPLE_CHOICE: _check_multiple,
    ItemType.TRUE_FALSE: _check_statement,
    ItemType.NUMERIC: _check_number,
    ItemType.SHORT_ANSWER: _check_accepted,
}
USED_FIELDS = {
    ItemType.SINGLE_CHOICE: "choices",
    ItemType.MULTIPLE_CHOICE: "choices",
    ItemType.TRUE_FALSE: "statement_true",
    ItemType.NUMERIC: "number",
    ItemType.SHORT_ANSWER: "accepted",
}
