"""Learners: how a person's number and telephone are checked and shown."""

from services.kit.errors import Violation, invalid
from services.training.reasons import Reason
from services.vocabulary import national_id


def checked_national_id(text: str, field: str = "learner.national_id") -> str:
    """Return the normalized number; raises INVALID_NATIONAL_ID (GB 11643-1999) without quoting it."""
    if problems := national_id.problems(text):
        violations = (Violation(field, problem, Reason.INVALID_NATIONAL_ID) for problem in problems)
        raise invalid(Reason.INVALID_NATIONAL_ID, "The national ID number is not valid.", *violations)
    return national_id.normalize(text)


def mask_phone(phone: str) -> str:
    """Return a telephone number of which the middle is hidden: 139****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)
