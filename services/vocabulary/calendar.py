"""Calendar days of the rules: order of a period, working days, terms of months and years.

Working days are Monday to Friday; public holidays are not known here. Terms follow 民法典 arts. 201 and 202: where a
month has no such day, its last day counts.
"""

from calendar import monthrange
from datetime import date, timedelta

from services.kit.errors import Violation, invalid
from services.vocabulary.reasons import Reason

SATURDAY = 5


def check_order(first: date, last: date, field: str) -> None:
    """Raise INVALID_PERIOD that names `field` where the last day lies before the first."""
    if last < first:
        message = f"the last day {last} lies before the first day {first}"
        raise invalid(Reason.INVALID_PERIOD, message, Violation(field, message, Reason.INVALID_PERIOD))


def working_days_between(first: date, last: date) -> int:
    """Return the working days from `first` to the day before `last`."""
    weeks, rest = divmod(max((last - first).days, 0), 7)
    return weeks * 5 + sum((first.weekday() + n) % 7 < SATURDAY for n in range(rest))


def add_working_days(day: date, days: int) -> date:
    """Return the day so many working days later."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, the last day of that month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 28 February."""
    return add_months(day, years * 12)


def last_day_of_term(first: date, months: int) -> date:
    """Return the last day of a term of whole months that begins on `first`."""
    after = add_months(first, months)
    return after if after == date.max else after - timedelta(days=1)


def full_years(since: date, until: date) -> int:
    """Return how many full years lie between two days; negative spans count 0."""
    years = until.year - since.year
    return max(0, years if add_years(since, years) <= until else years - 1)
