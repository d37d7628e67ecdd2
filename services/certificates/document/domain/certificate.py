"""The life of a certificate, and why it may end.

A number, once taken, keeps its bytes: nothing leads back to a fresh start, and REVOKED is for ever.
"""

from enum import StrEnum


class Kind(StrEnum):
    """The two kinds: 培训合格证书 from a completion, 专业技术等级证书 from a passed result."""

    TRAINING = "TRAINING"
    GRADE = "GRADE"

    @property
    def zh(self) -> str:
        """The title that is printed."""
        return {"TRAINING": "培训合格证书", "GRADE": "专业技术等级证书"}[self]


class State(StrEnum):
    """Where a certificate is in its life; expiry follows from dates and is no state."""

    INTENT = "INTENT"
    ISSUED = "ISSUED"
    REVOKED = "REVOKED"
    SUPERSEDED = "SUPERSEDED"
    HELD = "HELD"


class Action(StrEnum):
    """What can happen to a certificate."""

    ISSUE = "issue"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"
    HOLD = "hold"
    RELEASE = "release"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.INTENT, Action.ISSUE): State.ISSUED,
    (State.INTENT, Action.REVOKE): State.REVOKED,
    (State.ISSUED, Action.REVOKE): State.REVOKED,
    (State.ISSUED, Action.SUPERSEDE): State.SUPERSEDED,
    (State.ISSUED, Action.HOLD): State.HELD,
    (State.HELD, Action.RELEASE): State.ISSUED,
    (State.HELD, Action.REVOKE): State.REVOKED,
}

STANDING = frozenset(source for source, action in TRANSITIONS if action is Action.REVOKE)
SIGNED = frozenset(State) - {State.INTENT}


class HoldReason(StrEnum):
    """Why a certificate is out of force for a while; the end of a hold is a release or a revocation."""

    APPEAL = "APPEAL"
    INVESTIGATION = "INVESTIGATION"


class RevocationReason(StrEnum):
    """Why a certificate no longer stands; the first two are set by facts of other services."""

    COMPLETION_WITHDRAWN = "COMPLETION_WITHDRAWN"
    RESULT_ANNULLED = "RESULT_ANNULLED"
    FALSE_EVIDENCE = "FALSE_EVIDENCE"
    MISCONDUCT = "MISCONDUCT"
    ISSUED_IN_ERROR = "ISSUED_IN_ERROR"


WITHDRAWAL_REASON = {
    Kind.TRAINING: RevocationReason.COMPLETION_WITHDRAWN,
    Kind.GRADE: RevocationReason.RESULT_ANNULLED,
}
