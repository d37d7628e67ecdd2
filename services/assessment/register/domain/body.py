"""Lifecycle of an assessment body (评价机构)."""

from enum import StrEnum

from services.assessment.reasons import Reason
from services.kit.errors import precondition


class BodyState(StrEnum):
    """Where a body stands."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class BodyAction(StrEnum):
    """What can be done to a body."""

    CLOSE = "close"


TRANSITIONS = {(BodyState.ACTIVE, BodyAction.CLOSE): BodyState.CLOSED}


def require_active(name: str, state: str) -> None:
    """Raise BODY_CLOSED unless the body works."""
    if state != BodyState.ACTIVE:
        raise precondition(Reason.BODY_CLOSED, f"{name} is closed; nothing new may start in it.", name=name)
