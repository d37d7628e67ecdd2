"""Listings: the life of a catalogue entry, and whether an institution was listed on a given day.

An institution may enroll, register or issue for an occupation only while listed on the day of the event
(管理办法(试行) 2024-08-22, art. 2: only bodies in the catalogue count, each entry with its days of validity).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.kit.errors import AppError, Unmet, precondition
from services.training.reasons import Reason


class ListingRole(StrEnum):
    """What an institution may be listed for."""

    TRAINING = "training"
    TEACHER_TRAINING = "teacher_training"


class ListingState(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"
    RECOMMENDED = "recommended"
    EXPERT_REVIEW = "expert_review"
    CONFIRMED = "confirmed"
    RECTIFYING = "rectifying"
    REMOVED = "removed"
    EXPIRED = "expired"


class ListingAction(StrEnum):
    """What may be done to a listing."""

    RECOMMEND = "recommend"
    REVIEW = "review"
    CONFIRM = "confirm"
    RECTIFY = "rectify"
    REINSTATE = "reinstate"
    REMOVE = "remove"
    EXPIRE = "expire"


S, A = ListingState, ListingAction
TRANSITIONS = {
    (S.DRAFT, A.RECOMMEND): S.RECOMMENDED,
    (S.RECOMMENDED, A.REVIEW): S.EXPERT_REVIEW,
    (S.EXPERT_REVIEW, A.CONFIRM): S.CONFIRMED,
    (S.CONFIRMED, A.RECTIFY): S.RECTIFYING,
    (S.RECTIFYING, A.REINSTATE): S.CONFIRMED,
    (S.CONFIRMED, A.REMOVE): S.REMOVED,
    (S.RECTIFYING, A.REMOVE): S.REMOVED,
    (S.CONFIRMED, A.EXPIRE): S.EXPIRED,
    (S.RECTIFYING, A.EXPIRE): S.EXPIRED,
}
FINAL = frozenset({S.REMOVED, S.EXPIRED})


@dataclass(frozen=True, slots=True)
class Term:
    """What "listed on that day?" asks of one listing; `history` is (state, since), oldest first."""

    name: str
    batch: str
    valid_from: date
    valid_to: date
    history: Sequence[tuple[str, date]]

    def stood_on(self, day: date) -> bool:
        """Tell whether the listing was in force on `day`: valid, and not suspended or removed."""
        return self.valid_from <= day <= self.valid_to and self._state_on(day) == S.CONFIRMED

    def _state_on(self, day: date) -> str:
        states = [state for state, since in self.history if since <= day and state != S.EXPIRED]
        return states[-1] if states else S.DRAFT


def in_force(terms: Iterable[Term], day: date) -> Term | None:
    """Return the listing that was in force on `day`, None where none was."""
    return next((term for term in terms if term.stood_on(day)), None)


def not_listed(institution: str, occupation: str, day: date) -> Unmet:
    """Say that an institution was not listed for an occupation on a day."""
    message = f"{institution} is not listed for training in {occupation} on {day}"
    return Unmet(Reason.NOT_LISTED, message, institution)


def require(terms: Iterable[Term], institution: str, occupation: str, day: date) -> Term:
    """Return the listing in force on `day`; raises NOT_LISTED."""
    found = in_force(terms, day)
    if found is None:
        raise _refusal(not_listed(institution, occupation, day))
    return found


def _refusal(unmet: Unmet) -> AppError:
    return precondition(Reason.NOT_LISTED, f"{unmet.message}.", unmet)


def check_over(valid_to: date | None, today: date) -> None:
    """Raise LISTING_STILL_VALID where the last day is not over."""
    if valid_to is None or today <= valid_to:
        message = f"the listing is valid until {valid_to}, today is {today}."
        raise precondition(Reason.LISTING_STILL_VALID, message)
