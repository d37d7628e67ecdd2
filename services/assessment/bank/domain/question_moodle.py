"""Questions of a Moodle XML file, read from the parsed document.

https://docs.moodle.org/en/Moodle_XML_format; the caller parses with a parser that refuses entities.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

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

PARTS = re.compile(
    r"<!\[CDATA\[.*?\]\]>|(?P<comment><!--.*?-->)|(?P<start><question(?=[\s/>])[^>]*>)|(?P<end></question\s*>)",
    re.DOTALL,
)
READ = ("questiontext", "generalfeedback", "answer")
LEFT_OUT = ("answer/feedback/text", "hint/text", "tags/tag/text")
FORMATS = {"html": "html", "markdown": "markdown", "plain_text": "plain"}


def questions(root: Element, source: str) -> Iterator[Question]:
    """Yield the questions of a document; `source` is its text, for the line numbers."""
    category, index = "", 0
    places = list(sources(source))
    for place, element in enumerate(root.iter("question")):
        if element.get("type") == "category":
            category = (element.findtext("category/text") or "").strip()[:LONGEST_CATEGORY]
            continue
        index += 1
        line, sent = places[place] if place < len(places) else (0, "")
        yield _question(element, index, line, category).of(sent, *_left_out(element))


def sources(source: str) -> list[tuple[int, str]]:
    """Return line and text of each <question> that is neither in a comment nor in CDATA."""
    found: list[tuple[int, str]] = []
    opened: list[tuple[int, int]] = []  # which, and where it starts
    seen, at = 1, 0
    for match in PARTS.finditer(source):
        if match["start"]:
            seen, at = seen + source.count("\n", at, match.start()), match.start()
            found.append((seen, match["start"]))
            opened += [] if match["start"].endswith("/>") else [(len(found) - 1, at)]
        elif match["end"] and opened:
            which, start = opened.pop()
            found[which] = (found[which][0], source[start : match.end()])
    return found


def comments(source: str) -> Iterator[tuple[int, bool]]:
    """Yield the line of each comment, and whether it was written beside a question that was refused."""
    seen, at = 1, 0
    for match in PARTS.finditer(source):
        if match["comment"]:
            seen, at = seen + source.count("\n", at, match.start()), match.start()
            yield seen, match["comment"].removeprefix("<!--").lstrip().startswith(MARK)


def _left_out(element: Element) -> Iterator[NoticeCode]:
    """Yield what of a question items do not have."""
    if any((text.text or "").strip() for path in LEFT_OUT for text in element.iterfind(path)):
        yield NoticeCode.PARTS_LEFT_OUT
    read = (part for tag in READ for part in element.iterfind(tag))
    marked = (part for part in read if FORMATS.get(part.get("format", ""), "moodle") in ("html", "moodle"))
    if any(is_formatted(part.findtext("text") or "") for part in marked):
        yield NoticeCode.FORMATTING_LEFT_OUT


def _question(element: Element, index: int, line: int, category: str) -> Question:
    title = (element.findtext("name/text") or "").strip()[:200]
    kind = element.get("type") or ""
    try:
        return checked(index, line, title, category, _content(element, kind))
    except FlawError as error:
        return rejected(index, line, title, category, error.flaw)


def _content(element: Element, kind: str) -> ItemContent:
    reader = READERS.get(kind)
    if reader is None:
        known = ", ".join(sorted(READERS))
        message = f"type {kind[:40]!r} has no automatic marking here; possible are {known}"
        raise FlawError("type", Reason.UNSUPPORTED_TYPE, message)
    if (element.findtext("image") or "").strip():
        raise FlawError("stem", Reason.UNSUPPORTED_CONTENT, "the question has an image")
    stem = _text(element.find("questiontext"), "stem")
    return reader(element, stem, _text(element.find("generalfeedback"), "explanation"))


def _text(element: Element | None, field: str) -> str:
    if element is None:
        return ""
    if element.find("file") is not None:
        raise FlawError(field, Reason.UNSUPPORTED_CONTENT, f"{field} has a file attached")
    markup = FORMATS.get(element.get("format", ""), "moodle")
    return plain_text(element.findtext("text") or "", markup, field)


def _answers(element: Element) -> list[tuple[str, float]]:
    found = element.findall("answer")
    if len(found) > MOST_ANSWERS:
        raise FlawError("answers", Reason.INVALID_ITEM, f"there are more than {MOST_ANSWERS} answers")
    return [(_text(answer, f"answers[{at}]"), _percent(answer, at)) for at, answer in enumerate(found)]


def _percent(answer: Element, at: int) -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError:
        message = f"fraction {answer.get('fraction', '')[:20]!r} is no number"
        raise FlawError(f"answers[{at}]", Reason.MALFORMED_QUESTION, message) from None


def _choice(element: Element, stem: str, explanation: str) -> ItemContent:
    single = (element.findtext("single") or "true").strip().lower() in {"true", "1"}
    return choice_content(stem, _answers(element), explanation, single=single)


def _statement(element: Element, stem: str, explanation: str) -> ItemContent:
    right = [text.strip().lower() for text in full_credit(_answers(element))]
    if right not in (["true"], ["false"]):
        message = "exactly one of true and false must be right"
        raise FlawError("answers", Reason.MALFORMED_QUESTION, message)
    return ItemContent(ItemType.TRUE_FALSE, stem, statement_true=right == ["true"], explanation=explanation)


def _number(element: Element, stem: str, explanation: str) -> ItemContent:
    if any((unit.text or "").strip() for unit in element.iter("unit_name")):
        message = "answers with units are not possible; put the unit into the stem"
        raise FlawError("units", Reason.UNSUPPORTED_CONTENT, message)
    right = full_credit(_answers(element))
    if len(right) != 1:
        raise FlawError("answers", Reason.MALFORMED_QUESTION, f"one right number is needed, not {len(right)}")
    tolerance = next(
        (
            (a.findtext("tolerance") or "0").strip()
            for a in element.findall("answer")
            if _percent(a, 0) >= 100
        ),
        "0",
    )
    return ItemContent(
        ItemType.NUMERIC, stem, value=right[0].strip(), tolerance=tolerance or "0", explanation=explanation
    )


def _short(element: Element, stem: str, explanation: str) -> ItemContent:
    right = full_credit(_answers(element))
    for at, text in enumerate(right):
        if "*" in text.replace("\\*", ""):
            message = f"{text[:40]!r} has a wildcard; give the accepted texts one by one"
            raise FlawError(f"answers[{at}]", Reason.UNSUPPORTED_CONTENT, message)
    accepted = tuple(text.replace("\\*", "*") for text in right)
    exact = (element.findtext("usecase") or "0").strip() == "1"
    return ItemContent(
        ItemType.SHORT_ANSWER, stem, accepted=accepted, case_sensitive=exact, explanation=explanation
    )


READERS = {
    "multichoice": _choice,
    "truefalse": _statement,
    "numerical": _number,
    "shortanswer": _short,
}
