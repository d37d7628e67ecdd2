"""A clock that stands still until a test moves it."""

from datetime import UTC, date, datetime, timedelta

from services.kit.clock import local_day


class SettableClock:
    """Fits `services.kit.clock.Clock`; starts on a Monday morning in China."""

    def __init__(self, moment: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)):
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment that was set last."""
        return self.moment

    def today(self) -> date:
        """Return its calendar day in China."""
        return local_day(self.moment)

    def set(self, moment: datetime) -> None:
        """Stand at another aware moment."""
        assert moment.tzinfo, "an aware datetime"
        self.moment = moment

    def advance(self, **parts: float) -> None:
        """Move on by days=, hours=, seconds= …"""
        self.moment += timedelta(**parts)
