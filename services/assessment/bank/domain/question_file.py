"""What reading a question file yields, whatever its format: one entry a question, taken or rejected with reasons."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.assessment.bank.domain.bank import canonical_code
from services.assessment.bank.domain.item import ItemContent, problems, tidy
from services.assessment.reasons import Reason

CODE = re.compile(r"\s*([0-9]{1,2}(?:[.][0-9]{1,2}){0,2})(?![0-9.])")
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
    """One question of a file: `content` where it can be taken, `flaws` where not."""

    index: int
    line: int
    title: str
    category: str
    content: ItemContent | None
    flaws: tuple[Flaw, ...] = ()


def code_in(category: str) -> str:
    """Return the knowledge point that a category names at the start of its last step: "top/1.2 采集" → "1.2"."""
    found = CODE.match(category.rsplit("/", 1)[-1])
    return canonical_code(found.group(1)) if found else ""


def checked(index: int, line: int, title: str, category: str, content: ItemContent) -> Question:
    """Return the question with tidy content, or with everything that keeps it from being an item."""
    neat = tidy(content)
    found = [Flaw(v.field, v.reason, v.message) for v in problems(neat)]
    flaws = (*found, *_oversized(neat))
    return Question(index, line, title, category, None if flaws else neat, flaws)


def rejected(index: int, line: int, title: str, category: str, flaw: Flaw) -> Question:
    """Return a question that could not be read."""
    return Question(index, line, title, category, None, (flaw,))


def _oversized(content: ItemContent) -> Iterable[Flaw]:
    texts = [("stem", "stem", content.stem), ("explanation", "explanation", content.explanation)]
    texts += [(f"choices[{at}]", "choices", choice.text) for at, choice in enumerate(content.choices)]
    texts += [(f"accepted[{at}]", "accepted", text) for at, text in enumerate(content.accepted)]
    for field, kind, text in texts:
        if len(text) > LIMITS[kind]:
            message = f"{field} has {len(text)} characters, at most {LIMITS[kind]} are possible"
            yield Flaw(field, Reason.INVALID_ITEM, message)
