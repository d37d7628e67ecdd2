"""The time, as something that is handed in: nothing else in the system reads a clock."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """A source of the present moment."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """Return the calendar day in China, the one that rules count with."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the present calendar day in Asia/Shanghai."""
        return local_day(self.now())


def local_day(moment: datetime) -> date:
    """Return the calendar day in China at an aware moment."""
    return moment.astimezone(SHANGHAI).date()
