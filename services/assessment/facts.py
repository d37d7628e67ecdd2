"""What happened, as assessment tells the other services."""

from dataclasses import dataclass
from datetime import date

from services.vocabulary.qualification import Qualification


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPublished:
    """A confirmed result was made public; scores in tenths of a point."""

    result: str
    person: str
    holder_name: str
    body: str
    body_display_name: str
    listing: str
    listing_batch: str
    exam: str
    qualification: Qualification
    theory_score: int
    ability_score: int
    passed: bool
    examined_on: date
    published_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultAnnulled:
    """A result no longer stands; `tier` is A, B or C."""

    result: str
    person: str
    tier: str
    reason: str
    annulled_on: date
