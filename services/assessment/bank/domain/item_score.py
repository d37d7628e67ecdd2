"""Automatic marking of objective items: full points for a right answer, none otherwise."""

import re
from decimal import Decimal, InvalidOperation

from services.assessment.bank.domain.answer import Answer
from services.assessment.bank.domain.item import ItemContent, ItemType
from services.kit.values.text import clean

TYPED_NUMBER = re.compile(r"[+-]?([0-9]{1,20}([.][0-9]{0,20})?|[.][0-9]{1,20})([eE][+-]?[0-9]{1,2})?")


def score(content: ItemContent, answer: Answer | None, points: int) -> int:
    """Return the tenths of a point that the answer earns: `points` or 0; a blank answer earns 0."""
    return points if answer is not None and RIGHT[content.type](content, answer) else 0


def _right_choices(content: ItemContent, answer: Answer) -> bool:
    return answer.chosen == content.correct_keys


def _right_statement(content: ItemContent, answer: Answer) -> bool:
    return answer.statement_true is not None and answer.statement_true == content.statement_true


def _right_number(content: ItemContent, answer: Answer) -> bool:
    number = typed_number(answer.number)
    return number is not None and abs(number - Decimal(content.value)) <= Decimal(content.tolerance)


def _right_text(content: ItemContent, answer: Answer) -> bool:
    given = comparable(answer.text, content.case_sensitive)
    return bool(given) and given in {comparable(text, content.case_sensitive) for text in content.accepted}


def typed_number(text: str) -> Decimal | None:
    """Return the number that somebody typed (full-width digits and blanks allowed), None where it is none."""
    plain = clean(text).replace(" ", "").replace("−", "-")
    try:
        return Decimal(plain) if TYPED_NUMBER.fullmatch(plain) else None
    except InvalidOperation:
        return None


def comparable(text: str, case_sensitive: bool) -> str:
    """Return the form in which two short answers are equal."""
    return clean(text) if case_sensitive else clean(text).casefold()


RIGHT = {
    ItemType.SINGLE_CHOICE: _right_choices,
    ItemType.MULTIPLE_CHOICE: _right_choices,
    ItemType.TRUE_FALSE: _right_statement,
    ItemType.NUMERIC: _right_number,
    ItemType.SHORT_ANSWER: _right_text,
}
