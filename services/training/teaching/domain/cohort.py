"""Cohorts: their life, and what filing and each later step need."""

from datetime import date
from enum import StrEnum

from services.kit.errors import Violation, invalid, precondition
from services.training.reasons import Reason
from services.vocabulary.calendar import working_days_between


class CohortState(StrEnum):
    """Where a cohort stands."""

    PLANNED = "PLANNED"
    FILED = "FILED"
    ENROLLING = "ENROLLING"
    TEACHING = "TEACHING"
    COMPLETION_EXAM = "COMPLETION_EXAM"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"


class CohortAction(StrEnum):
    """What may be done to a cohort."""

    FILE = "file"
    OPEN_ENROLLMENT = "open_enrollment"
    START_TEACHING = "start_teaching"
    START_COMPLETION_EXAM = "start_completion_exam"
    CLOSE = "close"
    ARCHIVE = "archive"


S, A = CohortState, CohortAction
TRANSITIONS = {
    (S.PLANNED, A.FILE): S.FILED,
    (S.FILED, A.OPEN_ENROLLMENT): S.ENROLLING,
    (S.ENROLLING, A.START_TEACHING): S.TEACHING,
    (S.TEACHING, A.START_COMPLETION_EXAM): S.COMPLETION_EXAM,
    (S.COMPLETION_EXAM, A.CLOSE): S.CLOSED,
    (S.CLOSED, A.ARCHIVE): S.ARCHIVED,
}
ENROLLS = frozenset({S.ENROLLING})
TEACHES = frozenset({S.TEACHING, S.COMPLETION_EXAM})
EXAMINES = frozenset({S.COMPLETION_EXAM})
COMPLETES = frozenset({S.COMPLETION_EXAM, S.CLOSED})
CHANGES_NAME = frozenset({S.PLANNED, S.FILED, S.ENROLLING, S.TEACHING, S.COMPLETION_EXAM})
CHANGES_DATES = frozenset({S.PLANNED})


def check_state(state: str, possible: frozenset[CohortState], name: str, what: str) -> None:
    """Raise COHORT_STATE where the cohort does not do this now."""
    if state not in possible:
        message = f"{name} is {state}; {what} needs {' or '.join(sorted(possible))}."
        raise precondition(Reason.COHORT_STATE, message, name=name, state=state)


def check_capacity(capacity: int, enrolled: int, field: str = "cohort.capacity") -> None:
    """Raise INVALID_CAPACITY where fewer than one, or fewer than are enrolled, would fit."""
    if capacity < max(enrolled, 1):
        message = f"capacity {capacity} is below {max(enrolled, 1)}"
        raise invalid(Reason.INVALID_CAPACITY, message, Violation(field, message, Reason.INVALID_CAPACITY))


def check_learners(enrolled: int, name: str) -> None:
    """Raise NO_ENROLLMENTS where nobody is there to teach."""
    if enrolled == 0:
        raise precondition(Reason.NO_ENROLLMENTS, f"{name} has no learners.", name=name)


def filing_warnings(filed_on: date, start: date, working_days: int) -> list[str]:
    """Return the warning about a filing that is late by policy; late filings are recorded, not refused."""
    lead = working_days_between(filed_on, start)
    if lead >= working_days:
        return []
    return [f"FILING: filed {lead} working days before the first day; policy asks for {working_days}"]
