"""What other services published about a person, as far as eligibility needs it."""

from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    COMPLETION = "COMPLETION"
    GRADE_CERTIFICATE = "GRADE_CERTIFICATE"


class EvidenceState(StrEnum):
    """Whether it counts; WITHDRAWN is final."""

    STANDING = "STANDING"
    WITHDRAWN = "WITHDRAWN"
