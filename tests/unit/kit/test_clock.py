"""Days are counted in China, moments in UTC."""

from datetime import UTC, date, datetime

from services.kit.clock import SystemClock, local_day


def test_the_evening_in_utc_is_the_next_day_in_china():
    assert local_day(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert local_day(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_the_system_clock_is_aware_and_in_utc():
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().today() == local_day(SystemClock().now())
