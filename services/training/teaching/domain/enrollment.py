"""Enrollments: the life of a learner's place in a cohort."""

from enum import StrEnum

from services.kit.errors import Violation, invalid, precondition
from services.training.reasons import Reason
from services.vocabulary import tenths


class EnrollmentState(StrEnum):
    """Where an enrollment stands."""

    ENROLLED = "ENROLLED"
    DROPPED = "DROPPED"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"


class EnrollmentAction(StrEnum):
    """What may be done to an enrollment."""

    DROP = "drop"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"


S, A = EnrollmentState, EnrollmentAction
TRANSITIONS = {
    (S.ENROLLED, A.DROP): S.DROPPED,
    (S.ENROLLED, A.COMPLETE): S.COMPLETED,
    (S.COMPLETED, A.WITHDRAW): S.WITHDRAWN,
}


def score(text: str, field: str) -> int:
    """Return a score of 0 to 100 in tenths; raises INVALID_SCORE."""
    found = tenths.parse(text)
    if found > tenths.FULL_MARK:
        message = f"a score is at most 100, not {text}"
        raise invalid(Reason.INVALID_SCORE, message, Violation(field, message, Reason.INVALID_SCORE))
    return found


def check_place(enrolled: int, capacity: int, name: str) -> None:
    """Raise COHORT_FULL where the cohort has no place left."""
    if enrolled >= capacity:
        raise precondition(Reason.COHORT_FULL, f"{name} is full ({capacity} learners).", name=name)


def check_enrolled(state: str, name: str) -> None:
    """Raise NOT_ENROLLED where the learner is no longer taught and examined."""
    if state != S.ENROLLED:
        raise precondition(Reason.NOT_ENROLLED, f"{name} is {state}.", name=name, state=state)
