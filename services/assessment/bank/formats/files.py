"""Question files: bytes to questions within limits, and refused questions to a file of the same format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from services.assessment.bank.domain import question_gift, question_moodle, question_rejects
from services.assessment.bank.domain.question_file import Flaw, Question
from services.assessment.bank.formats import xml
from services.kit.intake.decode import Text, decode, xml_encoding
from services.kit.intake.headings import REASONS_LEFT_OUT
from services.kit.intake.notice import NoticeCode, Noticed
from services.kit.intake.refusal import too_large, unreadable
from services.kit.intake.rejects import parts

MOST_QUESTIONS = 20_000
MOST_LINES = 1_000_000
Refused = Iterable[tuple[Question, Sequence[Flaw]]]
Comments = Iterable[tuple[int, bool]]


class FileFormat(StrEnum):
    """Formats that can be imported."""

    MOODLE_XML = "MOODLE_XML"
    GIFT = "GIFT"


class Format(NamedTuple):
    """How a format is read and written: bytes to text, text to questions and comments, refused ones to text."""

    text: Callable[[bytes], Text]
    questions: Callable[[str], Iterator[Question]]
    comments: Callable[[str], Comments]
    rejects: Callable[[Refused], Iterator[str]]


class QuestionFile(NamedTuple):
    """The questions of a file, and what was noticed."""

    questions: list[Question]
    noticed: Noticed


FORMATS = {
    FileFormat.MOODLE_XML: Format(
        lambda content: decode(content, xml_encoding(content)),
        lambda text: question_moodle.questions(xml.parsed(text, "quiz"), text),
        question_moodle.comments,
        question_rejects.moodle,
    ),
    FileFormat.GIFT: Format(decode, question_gift.questions, question_gift.comments, question_rejects.gift),
}


def read(file_format: FileFormat, content: bytes) -> QuestionFile:
    """Return the questions of a file; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    known = FORMATS[file_format]
    text, _, notices = known.text(content)
    if text.count("\n") + text.count("\r") > MOST_LINES:
        raise too_large(f"The file has more than {MOST_LINES} lines; split it.", limit=str(MOST_LINES))
    found = list(islice(known.questions(text), MOST_QUESTIONS + 1))
    if not found:
        raise unreadable("The file holds no question.")
    if len(found) > MOST_QUESTIONS:
        message = f"The file holds more than {MOST_QUESTIONS} questions; split it."
        raise too_large(message, limit=str(MOST_QUESTIONS))
    noticed = Noticed(notices)
    _notice_comments(known.comments(text), noticed)
    return QuestionFile(found, noticed)


def rejects(file_format: FileFormat, refused: Sequence[tuple[Question, Sequence[Flaw]]]) -> Iterator[bytes]:
    """Yield the parts of the rejects file, none where nothing was refused."""
    return parts(FORMATS[file_format].rejects(refused)) if refused else iter(())


def _notice_comments(comments: Comments, noticed: Noticed) -> None:
    for line, is_ours in comments:
        if is_ours:
            noticed.add(NoticeCode.REASONS_LEFT_OUT, REASONS_LEFT_OUT, line)
        else:
            noticed.add(NoticeCode.PARTS_LEFT_OUT, "comments were left out", line)
