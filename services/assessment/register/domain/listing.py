"""Lifecycle of a catalogue listing (目录) and the guard "listed on that day for that occupation".

A listing's history keeps the day of every transition, so that the guard answers for past days as well.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from services.assessment.reasons import Reason
from services.kit.errors import AppError, Violation, invalid, precondition


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
    """What can be done to a listing."""

    RECOMMEND = "recommend"
    REVIEW = "review"
    RETURN = "return"
    CONFIRM = "confirm"
    RECTIFY = "rectify"
    RESTORE = "restore"
    REMOVE = "remove"
    EXPIRE = "expire"


TRANSITIONS = {
    (ListingState.DRAFT, ListingAction.RECOMMEND): ListingState.RECOMMENDED,
    (ListingState.RECOMMENDED, ListingAction.REVIEW): ListingState.EXPERT_REVIEW,
    (ListingState.RECOMMENDED, ListingAction.RETURN): ListingState.DRAFT,
    (ListingState.EXPERT_REVIEW, ListingAction.RETURN): ListingState.DRAFT,
    (ListingState.EXPERT_REVIEW, ListingAction.CONFIRM): ListingState.CONFIRMED,
    (ListingState.CONFIRMED, ListingAction.RECTIFY): ListingState.RECTIFYING,
    (ListingState.RECTIFYING, ListingAction.RESTORE): ListingState.CONFIRMED,
    (ListingState.CONFIRMED, ListingAction.REMOVE): ListingState.REMOVED,
    (ListingState.RECTIFYING, ListingAction.REMOVE): ListingState.REMOVED,
    (ListingState.CONFIRMED, ListingAction.EXPIRE): ListingState.EXPIRED,
    (ListingState.RECTIFYING, ListingAction.EXPIRE): ListingState.EXPIRED,
}
ENDED = frozenset({ListingState.REMOVED, ListingState.EXPIRED})
History = Sequence[Sequence[str]]  # [state, ISO day], oldest first


def state_on(history: History, day: date) -> str:
    """Return the catalogue state on that day; "" for a listing that was never confirmed.

    The validity that a confirmation grants may begin before the confirmation, which then counts from there.
    """
    first = next((at for at, (state, _) in enumerate(history) if state == ListingState.CONFIRMED), None)
    if first is None:
        return ""
    reached = [state for state, since in history[first:] if date.fromisoformat(since) <= day]
    return reached[-1] if reached else ListingState.CONFIRMED


def in_force(history: History, valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Tell whether the body may examine on that day by this listing."""
    if valid_from is None or valid_to is None or not valid_from <= day <= valid_to:
        return False
    return state_on(history, day) == ListingState.CONFIRMED


def check_period(first: date, last: date, field: str) -> None:
    """Raise INVALID_PERIOD where the last day lies before the first."""
    if last < first:
        message = f"the last day {last} lies before the first day {first}"
        raise invalid(Reason.INVALID_PERIOD, message, Violation(field, message, Reason.INVALID_PERIOD))


def check_expired(valid_to: date | None, today: date) -> None:
    """Raise LISTING_STILL_VALID until the last day of validity is over."""
    if valid_to is not None and today <= valid_to:
        raise precondition(Reason.LISTING_STILL_VALID, f"The listing is valid until {valid_to}.")


def not_listed(body: str, occupation: str, day: date) -> AppError:
    """Refuse: the body has no listing in force for that occupation on that day."""
    return precondition(
        Reason.NOT_LISTED,
        f"{body} is not listed for {occupation} on {day}.",
        body=body,
        occupation=occupation,
        day=day.isoformat(),
    )
