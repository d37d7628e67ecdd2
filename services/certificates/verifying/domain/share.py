"""Share links (加注): what may be shown, for how long, and what a link shows at last.

The rule asks for a purpose and an end (人社厅发〔2021〕97号); how far away the end may be is our own choice.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from services.certificates.reasons import Reason
from services.kit.errors import Violation, invalid

LONGEST = timedelta(days=366)
MOST_A_DAY = 20  # links that holders make for one certificate in 24 hours


class SharedField(StrEnum):
    """One thing that a link may show."""

    HOLDER_NAME = "HOLDER_NAME"
    NUMBER = "NUMBER"
    QUALIFICATION = "QUALIFICATION"
    OWNER = "OWNER"
    DATES = "DATES"
    HOURS = "HOURS"
    SCORES = "SCORES"


def require_term(expire: datetime, now: datetime) -> None:
    """Raise SHARE_TERM unless the link ends in the future and within LONGEST."""
    if not now < expire <= now + LONGEST:
        message = f"expire_time must lie in the future, at most {LONGEST.days} days ahead."
        raise invalid(Reason.SHARE_TERM, message, Violation("terms.expire_time", message, Reason.SHARE_TERM))
