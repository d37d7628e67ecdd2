"""诚信档案: how serious a breach is, and for how long it is recorded (人社部令第31号)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.assessment.policy import Integrity
from services.vocabulary.calendar import add_years


class Tier(StrEnum):
    """How serious a breach is (arts. 6, 7 and 8)."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day of an integrity record; None is long term."""

    starts_on: date
    ends_on: date | None

    def holds(self, day: date) -> bool:
        """Tell whether the record is in force on `day`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def term_of(tier: Tier, rule: Integrity, decided_on: date) -> Term | None:
    """Return how long a breach is recorded, None where it leaves no record."""
    years = rule.years.get(tier.value)
    if years is None:
        return None
    return Term(decided_on, add_years(decided_on, years) - timedelta(days=1) if years else None)
