"""The rejects file of questions: each as it was sent, below comments that say why, to be corrected and sent again.

Comments are no part of a question, so the file is read like any other.
"""

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from services.assessment.bank.domain.question_file import MARK, Flaw, Question
from services.vocabulary.sentences import explained

Refused = Iterable[tuple[Question, Sequence[Flaw]]]


def gift(refused: Refused) -> Iterator[str]:
    """Yield the parts of a GIFT file."""
    for question, flaws in refused:
        said = "".join(f"// {MARK} {line}\n" for line in _said(question, flaws))
        named = question.source.lstrip().startswith("$CATEGORY:")
        category = "" if named else f"$CATEGORY: {question.category}\n\n"
        yield f"{said}{category}{question.source}\n\n"


def moodle(refused: Refused) -> Iterator[str]:
    """Yield the parts of a Moodle XML file."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    for question, flaws in refused:
        said = "".join(f"<!-- {MARK} {_uncommented(line)} -->\n" for line in _said(question, flaws))
        category = f"<category><text>{escape(question.category)}</text></category>"
        yield f'<question type="category">{category}</question>\n{said}{question.source}\n'
    yield "</quiz>\n"


def _said(question: Question, flaws: Sequence[Flaw]) -> Iterator[str]:
    yield f"#{question.index}, line {question.line}"
    for flaw in flaws:
        yield f"{flaw.field}: {explained(flaw.reason, ' '.join(flaw.message.split()))} [{flaw.reason}]"


def _uncommented(text: str) -> str:
    """Return text that can stand in a comment of XML."""
    return text.replace("--", "- -").rstrip("-")
