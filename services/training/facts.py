"""Facts that training tells the other services, in the words of the domain."""

from dataclasses import dataclass
from datetime import date

from services.vocabulary.qualification import Qualification


@dataclass(frozen=True, slots=True)
class CompletionRegistered:
    """A learner met hours, content and completion exam; hours in tenths."""

    completion: str
    person: str
    holder_name: str
    institution: str
    institution_display_name: str
    institution_uscc: str
    listing: str
    listing_batch: str
    qualification: Qualification
    cohort: str
    hours: int
    completed_on: date


@dataclass(frozen=True, slots=True)
class CompletionWithdrawn:
    """A registered completion no longer stands."""

    completion: str
    person: str
    reason: str
    withdrawn_on: date
