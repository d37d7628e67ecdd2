from datetime import date

import pytest

from services.kit.errors import AppError
from services.training import period


def test_working_days_leave_out_weekends():
    friday, next_friday = date(2025, 3, 7), date(2025, 3, 14)
    assert period.working_days_between(friday, next_friday) == 5
    assert period.working_days_between(date(2025, 3, 8), date(2025, 3, 10)) == 0
    assert period.working_days_between(next_friday, friday) == 0


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2023, 9, 1), 36, date(2026, 8, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 14)),
    ],
)
def test_a_term_of_months_ends_the_day_before(first, months, last):
    assert period.last_day_of_term(first, months) == last


def test_a_period_cannot_end_before_it_begins():
    period.check_order(date(2025, 1, 1), date(2025, 1, 1), "end_date")
    with pytest.raises(AppError) as refused:
        period.check_order(date(2025, 1, 2), date(2025, 1, 1), "end_date")
    assert refused.value.reason == "INVALID_PERIOD"


def test_events_do_not_lie_in_the_future():
    period.check_not_future(date(2025, 1, 1), date(2025, 1, 1), "taught_on")
    with pytest.raises(AppError) as refused:
        period.check_not_future(date(2025, 1, 2), date(2025, 1, 1), "taught_on")
    assert refused.value.reason == "FUTURE_DATE"
