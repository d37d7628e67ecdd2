"""Catalogue listings (目录): their life, and whether somebody was listed on a given day.

Only who is listed on the day of the event may train, examine or issue (管理办法(试行) 2024-08-22, art. 2). A listing's
history keeps the day of every step, so that the question is answered for past days as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.kit.errors import AppError, Unmet, precondition
from services.vocabulary.reasons import Reason

BATCH = 60  # characters that name a batch (批次) of confirmations


class ListingState(StrEnum):
    """Where a listing stands."""

    DRAFT = "DRAFT"
    RECOMMENDED = "RECOMMENDED"
    EXPERT_REVIEW = "EXPERT_REVIEW"
    CONFIRMED = "CONFIRMED"
    RECTIFYING = "RECTIFYING"
    REMOVED = "REMOVED"
    EXPIRED = "EXPIRED"


class ListingAction(StrEnum):
    """What may be done to a listing."""

    RECOMMEND = "recommend"
    REVIEW = "review"
    RETURN = "return"
    CONFIRM = "confirm"
    RECTIFY = "rectify"
    RESTORE = "restore"
    REMOVE = "remove"
    EXPIRE = "expire"


S, A = ListingState, ListingAction
TRANSITIONS = {
    (S.DRAFT, A.RECOMMEND): S.RECOMMENDED,
    (S.RECOMMENDED, A.REVIEW): S.EXPERT_REVIEW,
    (S.RECOMMENDED, A.RETURN): S.DRAFT,
    (S.EXPERT_REVIEW, A.RETURN): S.DRAFT,
    (S.EXPERT_REVIEW, A.CONFIRM): S.CONFIRMED,
    (S.CONFIRMED, A.RECTIFY): S.RECTIFYING,
    (S.RECTIFYING, A.RESTORE): S.CONFIRMED,
    (S.CONFIRMED, A.REMOVE): S.REMOVED,
    (S.RECTIFYING, A.REMOVE): S.REMOVED,
    (S.CONFIRMED, A.EXPIRE): S.EXPIRED,
    (S.RECTIFYING, A.EXPIRE): S.EXPIRED,
}
ENDED = frozenset({S.REMOVED, S.EXPIRED})


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a listing: the state that began on a day, and why."""

    state: ListingState
    since: date
    reason: str = ""

    def row(self) -> list[str]:
        """Return the step as it is stored."""
        return [self.state.value, self.since.isoformat(), self.reason]

    @classmethod
    def of(cls, row: Sequence[str]) -> "Change":
        """Return the step of a stored row."""
        state, since, reason = row
        return cls(ListingState(state), date.fromisoformat(since), reason)


@dataclass(frozen=True, slots=True)
class Listing:
    """What "listed on that day?" asks of one listing; `history` is oldest first, no days until it is confirmed."""

    name: str
    batch: str
    valid_from: date | None
    valid_to: date | None
    history: Sequence[Change]

    def stood_on(self, day: date) -> bool:
        """Tell whether the listing was in force on `day`: valid, and not suspended or removed."""
        if self.valid_from is None or self.valid_to is None or not self.valid_from <= day <= self.valid_to:
            return False
        return self._state_on(day) is S.CONFIRMED

    def _state_on(self, day: date) -> ListingState:
        """Return the state on a day; the first confirmation counts from whatever day it was granted for."""
        states = [change.state for change in self.history]
        if S.CONFIRMED not in states:
            return S.DRAFT
        confirmed = self.history[states.index(S.CONFIRMED) :]
        return [S.CONFIRMED, *(change.state for change in confirmed if change.since <= day)][-1]


def in_force(listings: Iterable[Listing], day: date) -> Listing | None:
    """Return the listing that was in force on `day`, None where none was."""
    return next((listing for listing in listings if listing.stood_on(day)), None)


def not_listed(holder: str, occupation: str, day: date) -> Unmet:
    """Say that an institution or a body was not listed for an occupation on a day."""
    return Unmet(Reason.NOT_LISTED, f"{holder} is not listed for {occupation} on {day}", holder)


def require(listings: Iterable[Listing], holder: str, occupation: str, day: date) -> Listing:
    """Return the listing in force on `day`; raises NOT_LISTED."""
    found = in_force(listings, day)
    if found is None:
        raise _refusal(not_listed(holder, occupation, day))
    return found


def _refusal(unmet: Unmet) -> AppError:
    return precondition(Reason.NOT_LISTED, f"{unmet.message}.", unmet)


def check_over(valid_to: date | None, today: date) -> None:
    """Raise LISTING_STILL_VALID where the last day is not over."""
    if valid_to is None or today <= valid_to:
        message = f"The listing is valid until {valid_to}, today is {today}."
        raise precondition(Reason.LISTING_STILL_VALID, message)
