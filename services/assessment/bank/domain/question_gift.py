"""Questions of a Moodle GIFT file (https://docs.moodle.org/en/GIFT_format).

Questions are separated by blank lines; a backslash takes the meaning from ~ = # { } : and itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice

from services.assessment.bank.domain.item import ItemContent, ItemType
from services.assessment.bank.domain.question_file import (
    LONGEST_CATEGORY,
    MARK,
    MOST_ANSWERS,
    FlawError,
    Question,
    checked,
    rejected,
)
from services.assessment.bank.domain.question_markup import is_formatted, plain_text
from services.assessment.bank.domain.question_weights import choice_content, full_credit
from services.assessment.reasons import Reason
from services.kit.intake.notice import NoticeCode

ESCAPE = re.compile(r"\\([~=#{}:\\])")
HELD = re.compile("[\ue000-\ue006]")
SPECIAL = "~=#{}:\\"
HIDDEN = {
    character: chr(0xE000 + at) for at, character in enumerate(SPECIAL)
}  # private use: stand-ins while parsing
SHOWN = {hidden: character for character, hidden in HIDDEN.items()}
TITLE = re.compile(r"::(.*?)::", re.DOTALL)
MARKUP = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:[.][0-9]{1,7})?)%")
PERHAPS_WEIGHT = re.compile(r"\s*%[-+]?[0-9][0-9.,]*%")
NUMBER = re.compile(r"\s*[-+]?[0-9]*[.]?[0-9]*([eE][-+]?[0-9]+)?\s*")
LARGEST = 30  # digits before or behind the point, more than any number has that is marked
STATEMENTS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
NOISE = re.compile(r"[\s\";']*")  # left over behind a closing brace


@dataclass(frozen=True, slots=True)
class Option:
    """One `=` or `~` entry of an answer block."""

    marker: str
    text: str
    percent: float | None


def questions(source: str) -> Iterator[Question]:
    """Yield the questions of a GIFT text."""
    category, index = "", 0
    for line, block, sent in _blocks(source):
        if block.lstrip().startswith("$CATEGORY:"):
            head, _, block = block.lstrip().partition("\n")
            category = head.removeprefix("$CATEGORY:").strip()[-LONGEST_CATEGORY:]
            line += 1
        if block.strip():
            index += 1
            yield _question(block, index, line, category).of(sent, *_left_out(block))


def comments(source: str) -> Iterator[tuple[int, bool]]:
    """Yield the line of each comment, and whether it was written beside a question that was refused."""
    for number, line in enumerate(_lines(source), 1):
        if (text := line.lstrip()).startswith("//"):
            yield number, text.removeprefix("//").lstrip().startswith(MARK)


def _lines(source: str) -> list[str]:
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _blocks(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield the first line of each block, the block without comments, and as it was sent."""
    block: list[str] = []
    sent: list[str] = []
    start = 0
    for number, line in enumerate([*_lines(source), ""], 1):
        is_comment = line.lstrip().startswith("//")
        if block and line.lstrip().startswith("$CATEGORY:"):  # as if a blank line stood before it
            yield start, "\n".join(block), "\n".join(sent)
            block, sent = [], []
        if line.strip() and not is_comment:
            start = start if block else number
            block.append(line)
        if line.strip() and not (is_comment and line.lstrip("/ \t").startswith(MARK)):
            sent.append(line)
        elif block and not is_comment:
            yield start, "\n".join(block), "\n".join(sent)
            block, sent = [], []


def _left_out(block: str) -> Iterator[NoticeCode]:
    """Yield what of a question items do not have."""
    text = ESCAPE.sub("", block)
    answers = text[text.find("{") + 1 : text.rfind("}")].partition("####")[0].lstrip("#")
    if "#" in answers:
        yield NoticeCode.PARTS_LEFT_OUT
    named = TITLE.match(text.lstrip())
    body = text.lstrip()[named.end() :] if named else text
    if _markup(body, "moodle")[0] in ("html", "moodle") and is_formatted(body):
        yield NoticeCode.FORMATTING_LEFT_OUT


def _question(block: str, index: int, line: int, category: str) -> Question:
    text = ESCAPE.sub(lambda found: HIDDEN[found.group(1)], block)
    named = TITLE.match(text.lstrip())
    title = _reveal(named.group(1)).strip()[:200] if named else ""
    body = text.lstrip()[named.end() :] if named else text
    try:
        _require_no_stand_ins(block)
        return checked(index, line, title, category, _content(body))
    except FlawError as error:
        return rejected(index, line, title, category, error.flaw)


def _require_no_stand_ins(block: str) -> None:
    if found := HELD.search(block):
        message = f"holds U+{ord(found.group()):04X}, a character without a meaning of its own; replace it"
        raise FlawError("stem", Reason.MALFORMED_QUESTION, message)


def _reveal(text: str) -> str:
    return HELD.sub(lambda found: SHOWN[found.group()], text.replace("\\n", "\n"))


def _content(body: str) -> ItemContent:
    opening, closing = body.find("{"), body.rfind("}")
    if opening < 0 and closing < 0:
        raise FlawError("type", Reason.UNSUPPORTED_TYPE, "a description without answers has nothing to mark")
    if opening < 0 or closing < opening or body.count("{") != body.count("}"):
        message = "the braces do not match; perhaps there is a blank line between { and }"
        raise FlawError("answers", Reason.MALFORMED_QUESTION, message)
    if body.count("{") > 1:
        raise FlawError(
            "type", Reason.UNSUPPORTED_TYPE, "several answer blocks (cloze) have no automatic marking here"
        )
    before, inside, after = body[:opening], body[opening + 1 : closing], body[closing + 1 :]
    answers, _, feedback = inside.partition("####")
    markup, before = _markup(before, "moodle")
    stem = _stem(before, after, answers, markup)
    return _read(answers.strip(), stem, _plain(feedback, markup, "explanation"), markup)


def _markup(text: str, otherwise: str) -> tuple[str, str]:
    found = MARKUP.match(text)
    return (found.group(1), text[found.end() :]) if found else (otherwise, text)


def _plain(text: str, markup: str, field: str) -> str:
    own, rest = _markup(text, markup)
    return plain_text(_reveal(rest), own, field)


def _stem(before: str, after: str, answers: str, markup: str) -> str:
    tail = "" if NOISE.fullmatch(after) else after.rstrip()
    statement = answers.partition("#")[0].strip().upper() in STATEMENTS
    joint = "" if statement or not tail else "____"
    return (
        _plain(before, markup, "stem").rstrip(" ") + joint_gap(before, joint) + _plain(tail, markup, "stem")
    )


def joint_gap(before: str, joint: str) -> str:
    """Return the blank to fill, parted from a word before it."""
    return f" {joint}" if joint and before.endswith((" ", "\n")) else joint


def _read(answers: str, stem: str, explanation: str, markup: str) -> ItemContent:
    statement = answers.partition("#")[0].strip().upper()
    if not answers:
        raise FlawError("type", Reason.UNSUPPORTED_TYPE, "an essay has no automatic marking here")
    if statement in STATEMENTS:
        right = STATEMENTS[statement]
        return ItemContent(ItemType.TRUE_FALSE, stem, statement_true=right, explanation=explanation)
    if answers.startswith("#"):
        return _number(answers[1:], stem, explanation)
    options = _options(answers)
    if any("->" in option.text for option in options) and all(option.marker == "=" for option in options):
        raise FlawError("type", Reason.UNSUPPORTED_TYPE, "matching has no automatic marking here")
    if not any(option.marker == "~" for option in options):
        return _short(options, stem, explanation, markup)
    return _choice(options, stem, explanation, markup)


def _options(answers: str) -> list[Option]:
    if not answers.lstrip().startswith(("=", "~")):
        message = f"answers start with = or ~, not with {_reveal(answers)[:20]!r}"
        raise FlawError("answers", Reason.MALFORMED_QUESTION, message)
    found = list(islice(re.finditer(r"([=~])([^=~]*)", answers), MOST_ANSWERS + 1))
    if len(found) > MOST_ANSWERS:
        raise FlawError("answers", Reason.INVALID_ITEM, f"there are more than {MOST_ANSWERS} answers")
    return [_option(one.group(1), one.group(2)) for one in found]


def _option(marker: str, text: str) -> Option:
    weighed = WEIGHT.match(text)
    if not weighed and PERHAPS_WEIGHT.match(text):
        message = f"{_reveal(text).strip()[:20]!r} begins with no weight; write %50% or %33.333%"
        raise FlawError("answers", Reason.MALFORMED_QUESTION, message)
    text = text[weighed.end() :] if weighed else text
    percent = float(weighed.group(1)) if weighed else None
    return Option(marker, text.partition("#")[0].strip(), percent)


def _choice(options: list[Option], stem: str, explanation: str, markup: str) -> ItemContent:
    single = any(option.marker == "=" for option in options) or all(o.percent is None for o in options)
    choices = [
        (_plain(option.text, markup, f"answers[{at}]"), _percent(option)) for at, option in enumerate(options)
    ]
    return choice_content(stem, choices, explanation, single=single)


def _percent(option: Option) -> float:
    if option.percent is not None:
        return option.percent
    return 100.0 if option.marker == "=" else 0.0


def _short(options: list[Option], stem: str, explanation: str, markup: str) -> ItemContent:
    texts = [
        (_plain(option.text, markup, f"answers[{at}]"), _percent(option)) for at, option in enumerate(options)
    ]
    right = tuple(full_credit(texts))
    if any("*" in text for text in right):
        message = "a wildcard cannot be marked; give the accepted texts one by one"
        raise FlawError("answers", Reason.UNSUPPORTED_CONTENT, message)
    return ItemContent(ItemType.SHORT_ANSWER, stem, accepted=right, explanation=explanation)


def _number(answers: str, stem: str, explanation: str) -> ItemContent:
    listed = answers.lstrip().startswith(("=", "~"))
    only = answers.partition("#")[0].partition("~")[0]
    options = _options(answers) if listed else [Option("=", only, None)]
    right = full_credit([(option.text, _percent(option)) for option in options])
    if len(right) != 1:
        raise FlawError("answers", Reason.MALFORMED_QUESTION, f"one right number is needed, not {len(right)}")
    value, tolerance = _range(right[0].strip())
    return ItemContent(ItemType.NUMERIC, stem, value=value, tolerance=tolerance, explanation=explanation)


def _range(text: str) -> tuple[str, str]:
    """Return value and tolerance of "3.14", "3.14:0.01" or "3.13..3.15"."""
    try:
        if ".." in text:
            low, high = (_decimal(end) for end in text.split("..", 1))
            return f"{(low + high) / 2:f}", f"{(high - low) / 2:f}"
        value, _, tolerance = text.partition(":")
        return f"{_decimal(value):f}", f"{_decimal(tolerance or '0'):f}"
    except InvalidOperation:
        message = f"{_reveal(text)[:40]!r} is no number, number:tolerance or low..high"
        raise FlawError("answers", Reason.MALFORMED_QUESTION, message) from None


def _decimal(text: str) -> Decimal:
    """Return a number; raises InvalidOperation, or FlawError for one that would fill the memory when written out."""
    if not NUMBER.fullmatch(text):
        raise InvalidOperation
    found = Decimal(text.strip())
    if abs(found.adjusted()) > LARGEST:
        message = (
            f"{_reveal(text).strip()[:40]!r} is larger, or finer, than any number that is marked; correct it"
        )
        raise FlawError("answers", Reason.MALFORMED_QUESTION, message)
    return found
