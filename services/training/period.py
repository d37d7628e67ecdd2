"""Calendar days of the rules: order of a period, working days, terms in months, no events in the future."""

from calendar import monthrange
from datetime import date, timedelta

from services.kit.errors import Violation, invalid
from services.training.reasons import Reason

SATURDAY = 5


def check_order(first: date, last: date, field: str) -> None:
    """Raise INVALID_PERIOD where the last day lies before the first."""
    if last < first:
        message = f"the last day {last} lies before the first day {first}"
        raise invalid(Reason.INVALID_PERIOD, message, Violation(field, message, Reason.INVALID_PERIOD))


def check_not_future(day: date, today: date, field: str) -> None:
    """Raise FUTURE_DATE where `day` is yet to come."""
    if day > today:
        message = f"{day} lies in the future (today is {today})"
        raise invalid(Reason.FUTURE_DATE, message, Violation(field, message, Reason.FUTURE_DATE))


def working_days_between(first: date, last: date) -> int:
    """Return the Mondays to Fridays from `first` to the day before `last`, public holidays included."""
    weeks, rest = divmod(max((last - first).days, 0), 7)
    return weeks * 5 + sum((first.weekday() + n) % 7 < SATURDAY for n in range(rest))


def last_day_of_term(first: date, months: int) -> date:
    """Return the last day of a term of whole months that begins on `first`."""
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    if year > date.max.year:
        return date.max
    day = min(first.day, monthrange(year, month)[1])
    return date(year, month, day) - timedelta(1)
