"""The day of an event: what happened lies in the past."""

from datetime import date

from services.kit.errors import Violation, invalid
from services.training.reasons import Reason


def check_not_future(day: date, today: date, field: str) -> None:
    """Raise FUTURE_DATE where `day` is yet to come."""
    if day > today:
        message = f"{day} lies in the future (today is {today})"
        raise invalid(Reason.FUTURE_DATE, message, Violation(field, message, Reason.FUTURE_DATE))
