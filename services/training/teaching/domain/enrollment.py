"""Enrollments: the life of a learner's place in a cohort."""

from enum import StrEnum

from services.kit.errors import precondition
from services.training.reasons import Reason


class EnrollmentState(StrEnum):
    """Where an enrollment stands."""

    ENROLLED = "enrolled"
    DROPPED = "dropped"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


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


def check_place(enrolled: int, capacity: int, name: str) -> None:
    """Raise COHORT_FULL where the cohort has no place left."""
    if enrolled >= capacity:
        raise precondition(Reason.COHORT_FULL, f"{name} is full ({capacity} learners).", name=name)


def check_enrolled(state: str, name: str) -> None:
    """Raise NOT_ENROLLED where the learner is no longer taught and examined."""
    if state != S.ENROLLED:
        raise precondition(Reason.NOT_ENROLLED, f"{name} is {state}.", name=name, state=state)
