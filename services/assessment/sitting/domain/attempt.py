"""A sitting of the theory part: its lifecycle and its clock; answers are final at the deadline."""

from datetime import datetime, timedelta
from enum import StrEnum


class AttemptState(StrEnum):
    """Where an attempt stands."""

    CHECKED_IN = "CHECKED_IN"
    STARTED = "STARTED"
    SUBMITTED = "SUBMITTED"


class AttemptAction(StrEnum):
    """What can be done to an attempt."""

    START = "start"
    SUBMIT = "submit"


TRANSITIONS = {
    (AttemptState.CHECKED_IN, AttemptAction.START): AttemptState.STARTED,
    (AttemptState.STARTED, AttemptAction.SUBMIT): AttemptState.SUBMITTED,
}


def deadline(started: datetime, minutes: int, window_end: datetime) -> datetime:
    """Return when the time is over: after the minutes, and never later than the window."""
    return min(started + timedelta(minutes=minutes), window_end)


def remaining(state: str, due: datetime | None, now: datetime) -> timedelta:
    """Return the time that is left; none unless the clock runs."""
    if state != AttemptState.STARTED or due is None:
        return timedelta(0)
    return max(due - now, timedelta(0))


def overdue(state: str, due: datetime | None, now: datetime) -> bool:
    """Tell whether the attempt must be submitted by the clock."""
    return state == AttemptState.STARTED and due is not None and due <= now
