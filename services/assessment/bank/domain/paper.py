"""Lifecycle of a paper (试卷) and the rules of its secrecy: sealed by hash, opened inside its window only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.assessment.bank.domain import item
from services.assessment.bank.domain.item import ItemContent
from services.assessment.reasons import Reason
from services.kit.errors import AppError, Violation, invalid, precondition
from services.vocabulary.reasons import Reason as Shared


class PaperState(StrEnum):
    """Where a paper stands."""

    DRAFTED = "DRAFTED"
    REVIEWED = "REVIEWED"
    SEALED = "SEALED"
    RELEASED = "RELEASED"
    USED = "USED"
    RETIRED = "RETIRED"


class PaperAction(StrEnum):
    """What can be done to a paper."""

    DRAW = "draw"
    REVIEW = "review"
    SEAL = "seal"
    RELEASE = "release"
    USE = "use"
    RETIRE = "retire"


TRANSITIONS: dict[tuple[PaperState, PaperAction], PaperState] = {
    (PaperState.DRAFTED, PaperAction.REVIEW): PaperState.REVIEWED,
    (PaperState.REVIEWED, PaperAction.SEAL): PaperState.SEALED,
    (PaperState.SEALED, PaperAction.RELEASE): PaperState.RELEASED,
    (PaperState.RELEASED, PaperAction.USE): PaperState.USED,
    **{(s, PaperAction.RETIRE): PaperState.RETIRED for s in PaperState if s != PaperState.RETIRED},
}
OPEN_FOR_REVIEW = frozenset({PaperState.DRAFTED, PaperState.REVIEWED})
OPENED = frozenset({PaperState.RELEASED, PaperState.USED})


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question of a paper with its key; `points` in tenths."""

    position: int
    points: int
    item_version: str
    knowledge_point: str
    content: ItemContent


def canonical(questions: Sequence[PaperQuestion]) -> str:
    """Return the canonical JSON of a paper's questions with keys."""
    return item.canonical_json([_to_json(question) for question in questions])


def _to_json(question: PaperQuestion) -> dict[str, Any]:
    return {
        "position": question.position,
        "points": question.points,
        "item_version": question.item_version,
        "knowledge_point": question.knowledge_point,
        "content": item.to_json(question.content),
    }


def from_json(values: Sequence[dict[str, Any]]) -> tuple[PaperQuestion, ...]:
    """Return the questions whose canonical form was parsed into `values`."""
    return tuple(PaperQuestion(**value | {"content": item.from_json(value["content"])}) for value in values)


def seal(text: str) -> str:
    """Return the SHA-256 (hex) of the canonical content."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_seal(name: str, text: str, sealed_hash: str) -> None:
    """Raise SEAL_BROKEN where the content is not what was sealed."""
    if seal(text) != sealed_hash:
        raise precondition(Reason.SEAL_BROKEN, f"The content of {name} is not what was sealed.", name=name)


def check_window(first: datetime, last: datetime) -> None:
    """Raise INVALID_PERIOD unless the window has a length."""
    if last <= first:
        message = "release_to must be later than release_from"
        raise invalid(Shared.INVALID_PERIOD, message, Violation("release_to", message, Shared.INVALID_PERIOD))


def check_release(name: str, first: datetime, last: datetime, now: datetime) -> None:
    """Raise OUTSIDE_WINDOW unless `now` lies in the window (both ends included)."""
    if not first <= now <= last:
        window = f"{first.isoformat()} to {last.isoformat()}"
        raise precondition(Reason.OUTSIDE_WINDOW, f"{name} may be released from {window} only.", name=name)


def check_reviewer(name: str, drawn_by: str, reviewer: str) -> None:
    """Raise OWN_PAPER where somebody would review what they drew."""
    if reviewer == drawn_by:
        raise precondition(Reason.OWN_PAPER, f"{reviewer} drew {name} and cannot review it.", name=name)


def shows_questions(state: str, released: bool) -> bool:
    """Tell whether the body may read the questions; a paper retired unreleased stays closed."""
    return state in OPEN_FOR_REVIEW or state in OPENED or (state == PaperState.RETIRED and released)


def shows_keys(state: str, released: bool) -> bool:
    """Tell whether the body may read the keys: for review, and when the exam is over."""
    return state in OPEN_FOR_REVIEW or state == PaperState.USED or (state == PaperState.RETIRED and released)


def sealed(name: str, first: datetime) -> AppError:
    """Refuse to show the content of a closed paper."""
    message = f"{name} is sealed; its content is not shown before its release, from {first.isoformat()} on."
    return precondition(Reason.PAPER_SEALED, message, name=name)


def not_released(name: str, state: str) -> AppError:
    """Refuse to use a paper that is not open."""
    message = f"{name} is {state}, not RELEASED."
    return precondition(Reason.PAPER_NOT_RELEASED, message, name=name, state=state)
