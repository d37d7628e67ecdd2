"""What reading a question file yields, whatever its format: one entry a question, taken or rejected with reasons."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.assessment.bank.domain.bank import canonical_code
from services.assessment.bank.domain.item import ItemContent, problems, tidy
from services.assessment.reasons import Reason
from services.kit.intake.notice import NoticeCode

CODE = re.compile(r"\s*([0-9]{1,2}(?:[.][0-9]{1,2}){0,2})(?![0-9.])")
MARK = "退回 (refused)"  # how the comments begin that say why a question was refused
SAID = {
    NoticeCode.CHARACTERS_FOLDED: "needless blanks and invisible characters of its texts were left out",
    NoticeCode.FORMATTING_LEFT_OUT: "HTML was read as plain text",
    NoticeCode.PARTS_LEFT_OUT: "feedback of single answers, hints and tags were left out",
}
STEP = re.compile("(?<!/)/(?!/)")  # a doubled slash is one slash of a title
LONGEST_CATEGORY = 500
MOST_ANSWERS = 100
MOST_FLAWS = 20  # of one question
LIMITS = {"stem": 4000, "explanation": 4000, "choices": 1000, "accepted": 500}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a question; `field` is the part at fault."""

    field: str
    reason: str
    message: str


class FlawError(Exception):
    """A question cannot be taken; raised while it is read."""

    def __init__(self, field: str, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.flaw = Flaw(field, reason, message)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a file: `content` where it can be taken, `flaws` where not.

    `source` is its text as sent; `said` are notices of what of it was left out, keys of `SAID`.
    """

    index: int
    line: int
    title: str
    category: str
    content: ItemContent | None
    flaws: tuple[Flaw, ...] = ()
    source: str = ""
    said: tuple[NoticeCode, ...] = ()

    def of(self, source: str, *said: NoticeCode) -> "Question":
        """Return the question with its text as sent, and what of it was left out."""
        return replace(self, source=source, said=(*self.said, *said))


def code_in(category: str) -> str:
    """Return the knowledge point that a category names at the start of its last step: "top/1.2 TCP//IP" → "1.2"."""
    found = CODE.match(STEP.split(category)[-1])
    return canonical_code(found.group(1)) if found else ""


def checked(index: int, line: int, title: str, category: str, content: ItemContent) -> Question:
    """Return the question with tidy content, or with everything that keeps it from being an item."""
    neat = tidy(content)
    found = [Flaw(v.field, v.reason, v.message) for v in problems(neat)]
    flaws = (*found, *_oversized(neat))[:MOST_FLAWS]
    folded = [text for _, _, text in _texts(neat)] != [text.strip() for _, _, text in _texts(content)]
    said = (NoticeCode.CHARACTERS_FOLDED,) if folded else ()
    return Question(index, line, title, category, None if flaws else neat, flaws, said=said)


def rejected(index: int, line: int, title: str, category: str, flaw: Flaw) -> Question:
    """Return a question that could not be read."""
    return Question(index, line, title, category, None, (flaw,))


def _texts(content: ItemContent) -> list[tuple[str, str, str]]:
    texts = [("stem", "stem", content.stem), ("explanation", "explanation", content.explanation)]
    texts += [(f"choices[{at}]", "choices", choice.text) for at, choice in enumerate(content.choices)]
    return texts + [(f"accepted[{at}]", "accepted", text) for at, text in enumerate(content.accepted)]


def _oversized(content: ItemContent) -> Iterable[Flaw]:
    for field, kind, text in _texts(content):
        if len(text) > LIMITS[kind]:
            message = f"{field} has {len(text)} characters, at most {LIMITS[kind]} are possible"
            yield Flaw(field, Reason.INVALID_ITEM, message)
