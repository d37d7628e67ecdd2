"""A clock that the demo moves: weeks of training and exams pass in seconds, deadlines included."""

from datetime import date, datetime, time, timedelta

from services.kit.clock import SHANGHAI, local_day


class DemoClock:
    """Fits `services.kit.clock.Clock`; moves forward only."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment that the demo has reached."""
        return self.moment

    def today(self) -> date:
        """Return its calendar day in China."""
        return local_day(self.moment)

    def move_to(self, day: date, at: str) -> None:
        """Go to a time ("09:00") of a day in China."""
        moment = datetime.combine(day, time.fromisoformat(at), SHANGHAI)
        if moment < self.moment:
            raise ValueError(f"{moment} lies before {self.moment}")
        self.moment = moment

    def advance(self, **parts: float) -> None:
        """Go on by days=, hours=, minutes= …"""
        self.moment += timedelta(**parts)
