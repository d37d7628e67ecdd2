"""Completions: what a training certificate rests on.

A completion exam follows the required hours *and* content; who passes it gets the training certificate
(山东省专业技术人才知识更新工程(2022–2030年)实施方案, duties of training institutions).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.kit.errors import AppError, Unmet, precondition
from services.kit.values.rules import Rule, unmet
from services.training.reasons import Reason
from services.training.teaching.domain import hour_entry
from services.training.teaching.domain.cohort import COMPLETES
from services.training.teaching.domain.enrollment import EnrollmentState
from services.training.teaching.domain.hour_entry import Totals
from services.training.teaching.domain.program import ContentItem, Program
from services.vocabulary import tenths
from services.vocabulary.reasons import Reason as Shared


class CompletionState(StrEnum):
    """Whether a completion stands."""

    REGISTERED = "REGISTERED"
    WITHDRAWN = "WITHDRAWN"


class CompletionAction(StrEnum):
    """What may be done to a completion."""

    WITHDRAW = "withdraw"


TRANSITIONS = {(CompletionState.REGISTERED, CompletionAction.WITHDRAW): CompletionState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides one completion; scores in tenths."""

    cohort_state: str
    enrollment_state: str
    program: Program
    totals: Totals
    exam_score: int | None
    listed: bool
    day: date
    completed_before: bool


RULES: tuple[Rule[Standing], ...] = (
    Rule(
        Reason.COHORT_STATE,
        lambda s: f"the cohort is {s.cohort_state}; completions need {' or '.join(sorted(COMPLETES))}",
        lambda s: s.cohort_state in COMPLETES,
    ),
    Rule(
        Reason.NOT_ENROLLED,
        lambda s: f"the enrollment is {s.enrollment_state}",
        lambda s: s.enrollment_state == EnrollmentState.ENROLLED,
    ),
    Rule(
        Reason.ALREADY_COMPLETED,
        "the person has a completion for this qualification in this institution",
        lambda s: not s.completed_before,
    ),
    Rule(
        Shared.NOT_LISTED,
        lambda s: f"the institution is not listed for {s.program.qualification.occupation} on {s.day}",
        lambda s: s.listed,
    ),
    Rule(
        Reason.HOURS_INCOMPLETE,
        lambda s: f"{tenths.show(hour_entry.total(s.totals))} of {tenths.show(s.program.hours.total)} hours",
        lambda s: hour_entry.total(s.totals) >= s.program.hours.total,
    ),
    Rule(Reason.EXAM_NOT_TAKEN, "the completion exam was not taken", lambda s: s.exam_score is not None),
    Rule(
        Reason.EXAM_NOT_PASSED,
        lambda s: (
            f"{tenths.show(s.exam_score or 0)} points in the completion exam, "
            f"{tenths.show(s.program.pass_score.value)} pass"
        ),
        lambda s: s.exam_score is None or s.exam_score >= s.program.pass_score.value,
    ),
)


def missing(standing: Standing, enrollment: str) -> list[Unmet]:
    """Return every requirement that is not met, each short content item by itself."""
    rules = RULES + tuple(_content_rule(item) for item in standing.program.items)
    return unmet(rules, standing, enrollment)


def _content_rule(item: ContentItem) -> Rule[Standing]:
    def gathered(standing: Standing) -> int:
        return hour_entry.of_item(standing.totals, item.key)

    return Rule(
        Reason.CONTENT_INCOMPLETE,
        lambda s: (
            f"{item.key} ({item.name_zh}): {tenths.show(gathered(s))} of {tenths.show(item.hours)} hours"
        ),
        lambda s: gathered(s) >= item.hours,
    )


def refusal(enrollment: str, reasons: list[Unmet]) -> AppError:
    """Return the refusal that lists all of `reasons`."""
    message = f"{enrollment} does not meet {len(reasons)} requirement(s) of a completion."
    return precondition(Reason.COMPLETION_NOT_ALLOWED, message, *reasons, name=enrollment)


def withdrawn(completion: str) -> Unmet:
    """Say that the learner's completion was withdrawn, which is final."""
    return Unmet(Reason.NOT_ENROLLED, f"{completion} was withdrawn", completion)
