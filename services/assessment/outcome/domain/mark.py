"""Marks of the ability part: two examiners, a third when they differ by more than policy allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.assessment.policy import Marking
from services.assessment.reasons import Reason
from services.kit.errors import Unmet
from services.kit.values.rules import Rule, unmet


class MarkingState(StrEnum):
    """Where the marking of one candidate stands."""

    AWAITING_MARKS = "AWAITING_MARKS"
    AWAITING_THIRD = "AWAITING_THIRD"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True)
class Settlement:
    """State of the marking, and the score in tenths once it is settled."""

    state: MarkingState
    score: int | None = None


def settle(marks: Sequence[int], rule: Marking) -> Settlement:
    """Return what marks (tenths, in any order) come to by `rule`."""
    if len(marks) < 2:
        return Settlement(MarkingState.AWAITING_MARKS)
    if len(marks) == 2:
        if abs(marks[0] - marks[1]) > rule.largest_deviation:
            return Settlement(MarkingState.AWAITING_THIRD)
        return Settlement(MarkingState.SETTLED, mean(*marks))
    return Settlement(MarkingState.SETTLED, FINAL_OF_THREE[rule.final_of_three](sorted(marks)))


def mean(first: int, second: int) -> int:
    """Return the mean in tenths, a half tenth rounded up."""
    return (first + second + 1) // 2


def closest_pair(marks: Sequence[int]) -> int:
    """Return the mean of the two of three sorted marks that lie nearest; the higher pair on a tie."""
    low, middle, high = marks
    return mean(low, middle) if middle - low < high - middle else mean(middle, high)


FINAL_OF_THREE = {"median": lambda marks: marks[1], "closest-pair": closest_pair}


@dataclass(frozen=True, slots=True)
class Assignment:
    """An examiner about to mark a candidate."""

    examiner: str
    appointed: Sequence[str]
    recused: bool
    checked_in: bool
    marked_by: Sequence[str]
    settled: bool


MARK_RULES: tuple[Rule[Assignment], ...] = (
    Rule(
        Reason.NOT_EXAMINER_OF_EXAM,
        lambda a: f"{a.examiner} is no examiner of this exam.",
        lambda a: a.examiner in a.appointed,
    ),
    Rule(
        Reason.EXAMINER_RECUSED,
        lambda a: f"{a.examiner} is recused from this candidate (回避).",
        lambda a: not a.recused,
    ),
    Rule(Reason.NOT_CHECKED_IN, "The candidate was not checked in.", lambda a: a.checked_in),
    Rule(
        Reason.ALREADY_MARKED,
        lambda a: f"{a.examiner} has marked this candidate; marks are never changed.",
        lambda a: a.examiner not in a.marked_by,
    ),
    Rule(Reason.MARKS_COMPLETE, "The ability part has the marks that it needs.", lambda a: not a.settled),
)


def unmet_mark_rules(assignment: Assignment) -> list[Unmet]:
    """Return every reason why this examiner may not mark this candidate now."""
    return unmet(MARK_RULES, assignment, assignment.examiner)
