"""What a certificate rests on: a registered completion or a published result, and when it earns one.

The act and its withdrawal may become known in either order; nothing is issued for what is already withdrawn.
"""

import unicodedata
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone

from services.certificates.document.domain.certificate import Kind
from services.kit.errors import invalid
from services.vocabulary.level import Level
from services.vocabulary.occupations import problems
from services.vocabulary.reasons import Reason as Shared

CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Award:
    """A completion or result, as its service published it; scores and hours are decimal text."""

    source: str
    kind: Kind
    person: str
    holder_name: str
    owner: str
    owner_display_name: str
    owner_uscc: str
    listing: str
    listing_batch: str
    occupation: str
    direction: str
    level: Level
    achieved_on: date
    awarded_on: date
    hours: str = ""
    theory_score: str = ""
    ability_score: str = ""
    passed: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is str:
                object.__setattr__(self, field.name, unicodedata.normalize("NFC", value))


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The end of a completion or result: when, and the words of whoever decided it."""

    source: str
    kind: Kind
    withdrawn_on: date
    reason: str


def earns_certificate(award: Award | None, withdrawn: bool, certificates: int) -> bool:
    """Tell whether a certificate is due: the act is known, passed, stands, and has none yet."""
    return award is not None and award.passed and not withdrawn and certificates == 0


def require_known_qualification(award: Award) -> None:
    """Raise UNKNOWN_QUALIFICATION where no document can name what the award is for."""
    if wrong := problems(award.occupation, award.direction):
        raise invalid(Shared.UNKNOWN_QUALIFICATION, "; ".join(wrong), source=award.source)


def to_json(award: Award) -> dict[str, str | int | bool]:
    """Return the award as plain JSON values, for keeping."""
    values = {field.name: getattr(award, field.name) for field in fields(award)}
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def from_json(values: dict) -> Award:
    """Return the award that `to_json` kept."""
    return Award(
        **values
        | {
            "kind": Kind(values["kind"]),
            "level": Level(values["level"]),
            "achieved_on": date.fromisoformat(values["achieved_on"]),
            "awarded_on": date.fromisoformat(values["awarded_on"]),
        }
    )


def start_of_day(day: date) -> datetime:
    """Return the first moment of a calendar day in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
