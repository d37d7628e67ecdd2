"""The clock of an attempt."""

from datetime import UTC, datetime, timedelta

from services.assessment.sitting.domain.attempt import AttemptState, deadline, overdue, remaining

NINE = datetime(2026, 6, 1, 1, tzinfo=UTC)


def test_the_deadline_is_never_after_the_window():
    assert deadline(NINE, 90, NINE + timedelta(hours=3)) == NINE + timedelta(minutes=90)
    assert deadline(NINE, 90, NINE + timedelta(hours=1)) == NINE + timedelta(hours=1)


def test_the_remaining_time_never_runs_below_zero():
    assert remaining(AttemptState.STARTED, NINE, NINE + timedelta(seconds=1)) == timedelta(0)
    assert remaining(AttemptState.STARTED, NINE, NINE - timedelta(seconds=1)) == timedelta(seconds=1)
    assert remaining(AttemptState.CHECKED_IN, None, NINE) == timedelta(0)


def test_an_attempt_is_overdue_from_the_deadline_on():
    assert not overdue(AttemptState.STARTED, NINE, NINE - timedelta(microseconds=1))
    assert overdue(AttemptState.STARTED, NINE, NINE)
    assert not overdue(AttemptState.SUBMITTED, NINE, NINE)
