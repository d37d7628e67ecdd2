"""Questions of a Moodle XML file, read from the parsed document.

https://docs.moodle.org/en/Moodle_XML_format; the caller parses with a parser that refuses entities.
"""

import re
from collections.abc import Iterator
from copy import copy
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import escape

from services.assessment.bank.domain.item import ItemContent, ItemType
from services.assessment.bank.domain.question_file import (
    LONGEST_CATEGORY,
    MARK,
    MOST_ANSWERS,
    Flaw,
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
    r"<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(?P<comment><!--.*?-->)|(?P<start><question(?=[\s/>])[^>]*>)|(?P<end></question\s*>)",
    re.DOTALL,
)
READ = ("questiontext", "generalfeedback", "answer")
LEFT_OUT = (
    "answer/feedback/text", "correctfeedback/text", "partiallycorrectfeedback/text", "incorrectfeedback/text",
    "hint/text", "tags/tag/text", "idnumber",
)  # fmt: skip
PERCENT = re.compile(r"\s*-?[0-9]{1,3}([.][0-9]{1,10})?\s*")
FORMATS = {"html": "html", "markdown": "markdown", "plain_text": "plain"}


def questions(root: Element, source: str) -> Iterator[Question]:
    """Yield the questions of a document; `source` is its text, for the line numbers.

    What else stands in it is a refused question, so that nothing is passed over.
    """
    category, index, line = "", 0, 1
    places = iter(sources(source))
    for element, stray in _parts(root):
        if element is not None and element.tag == "question":
            line, sent = next(places, (0, ""))
            if element.get("type") == "category":
                category = (element.findtext("category/text") or "").strip()[-LONGEST_CATEGORY:]
                continue
            index += 1
            yield _question(element, index, line, category).of(sent, *_left_out(element))
        else:
            index += 1
            sent = _written(element) if element is not None else escape(stray)
            yield rejected(index, line, "", category, _none(element, stray)).of(sent)


def _parts(root: Element) -> Iterator[tuple[Element | None, str]]:
    """Yield the elements below the root, and (None, text) for text between them."""
    if (root.text or "").strip():
        yield None, (root.text or "").strip()
    for element in root:
        if isinstance(element.tag, str):  # not a comment
            yield element, ""
        if (element.tail or "").strip():
            yield None, (element.tail or "").strip()


def _written(element: Element) -> str:
    """Return an element as text, without what stands behind it."""
    alone = copy(element)
    alone.tail = None
    return tostring(alone, "unicode")


def _none(element: Element | None, stray: str) -> Flaw:
    if element is None:
        return Flaw("type", Reason.MALFORMED_QUESTION, f"text {stray[:40]!r} stands outside of all questions")
    message = f"element {str(element.tag)[:60]!r} is none that is read; a question is a <question>"
    return Flaw("type", Reason.MALFORMED_QUESTION, message)


def sources(source: str) -> list[tuple[int, str]]:
    """Return line and text of each outer <question> that is in no comment, CDATA or instruction."""
    found: list[tuple[int, str]] = []
    seen, at, depth, start, own = 1, 0, 0, 0, False
    for match in PARTS.finditer(source):
        if match["start"]:
            if depth == 0:
                seen, at, start = seen + source.count("\n", at, match.start()), match.start(), match.start()
                own = "xmlns" not in match["start"]  # another's question only looks like one
                found += [(seen, match["start"])] if own else []
            depth += not match["start"].endswith("/>")
        elif match["end"] and depth:
            depth -= 1
            if depth == 0 and own:
                found[-1] = (seen, source[start : match.end()])
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
    if len(element.findall("questiontext")) > 1 or element.find(".//question") is not None:
        message = "there is more than one <questiontext>, or a question within the question"
        raise FlawError("stem", Reason.MALFORMED_QUESTION, message)
    stem = _text(element.find("questiontext"), "stem")
    return reader(element, stem, _text(element.find("generalfeedback"), "explanation"))


def _text(element: Element | None, field: str) -> str:
    if element is None:
        return ""
    if element.find("file") is not None:
        raise FlawError(field, Reason.UNSUPPORTED_CONTENT, f"{field} has a file attached")
    texts = element.findall("text")
    if len(texts) > 1:
        raise FlawError(field, Reason.MALFORMED_QUESTION, f"{field} has {len(texts)} <text>; leave one")
    if texts and len(texts[0]):
        message = f"{field} has elements inside <text>; write its HTML as CDATA, or with &lt; and &gt;"
        raise FlawError(field, Reason.MALFORMED_QUESTION, message)
    markup = FORMATS.get(element.get("format", ""), "moodle")
    return plain_text(element.findtext("text") or "", markup, field)


def _answers(element: Element) -> list[tuple[str, float]]:
    found = element.findall("answer")
    if len(found) > MOST_ANSWERS:
        raise FlawError("answers", Reason.INVALID_ITEM, f"there are more than {MOST_ANSWERS} answers")
    return [(_text(answer, f"answers[{at}]"), _percent(answer, at)) for at, answer in enumerate(found)]


def _percent(answer: Element, at: int) -> float:
    fraction = answer.get("fraction", "0")
    if not PERCENT.fullmatch(fraction):
        message = f"fraction {fraction[:20]!r} is no number of percent"
        raise FlawError(f"answers[{at}]", Reason.MALFORMED_QUESTION, message)
    return float(fraction)


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
