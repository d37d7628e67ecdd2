from datetime import date

import pytest

from services.kit.errors import AppError
from services.vocabulary import calendar


def test_working_days_leave_out_weekends():
    friday, next_friday = date(2025, 3, 7), date(2025, 3, 14)
    assert calendar.working_days_between(friday, next_friday) == 5
    assert calendar.working_days_between(date(2025, 3, 8), date(2025, 3, 10)) == 0
    assert calendar.working_days_between(next_friday, friday) == 0


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2023, 9, 1), 36, date(2026, 8, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 28)),
        (date(9999, 6, 1), 36, date.max),
        (date(2024, 12, 15), 1, date(2025, 1, 14)),
    ],
)
def test_a_term_of_months_ends_the_day_before(first, months, last):
    assert calendar.last_day_of_term(first, months) == last


def test_a_period_cannot_end_before_it_begins():
    calendar.check_order(date(2025, 1, 1), date(2025, 1, 1), "end_date")
    with pytest.raises(AppError) as refused:
        calendar.check_order(date(2025, 1, 2), date(2025, 1, 1), "end_date")
    assert refused.value.reason == "INVALID_PERIOD"


def test_working_days_are_counted_on_over_weekends():
    assert calendar.add_working_days(date(2025, 3, 7), 5) == date(2025, 3, 14)
    assert calendar.add_working_days(date(2025, 3, 8), 1) == date(2025, 3, 10)
