"""Listings: the guard answers for the day that is asked about, not for today."""

from datetime import date

import pytest

from services.assessment.register.domain.listing import (
    TRANSITIONS,
    ListingAction,
    ListingState,
    check_expired,
    check_period,
    in_force,
    state_on,
)
from services.kit.errors import AppError
from services.kit.values.lifecycle import advance

HISTORY = [
    ["DRAFT", "2025-01-05"],
    ["RECOMMENDED", "2025-01-10"],
    ["EXPERT_REVIEW", "2025-02-01"],
    ["CONFIRMED", "2025-03-01"],
    ["RECTIFYING", "2025-06-01"],
    ["CONFIRMED", "2025-07-01"],
    ["REMOVED", "2026-01-01"],
]
FIRST, LAST = date(2025, 2, 15), date(2028, 2, 14)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 2, 14), False),
        (date(2025, 2, 15), True),
        (date(2025, 5, 31), True),
        (date(2025, 6, 1), False),
        (date(2025, 7, 1), True),
        (date(2026, 1, 1), False),
    ],
)
def test_a_body_may_examine_only_while_confirmed_and_valid_on_that_day(day, expected):
    assert in_force(HISTORY, FIRST, LAST, day) is expected


def test_an_unconfirmed_listing_is_never_in_force():
    assert not in_force(HISTORY[:3], FIRST, LAST, date(2025, 5, 1))
    assert state_on(HISTORY[:3], date(2025, 5, 1)) == ""


def test_the_last_day_is_included_and_the_next_is_not():
    assert in_force(HISTORY[:4], FIRST, LAST, LAST)
    assert not in_force(HISTORY[:4], FIRST, LAST, date(2028, 2, 15))


def test_a_removed_listing_never_comes_back():
    for action in ListingAction:
        with pytest.raises(AppError, match="WRONG_STATE"):
            advance(TRANSITIONS, ListingState.REMOVED, action)


def test_every_state_can_be_reached():
    assert {ListingState.DRAFT, *TRANSITIONS.values()} == set(ListingState)


def test_a_period_may_not_end_before_it_begins():
    with pytest.raises(AppError, match="INVALID_PERIOD"):
        check_period(date(2025, 2, 1), date(2025, 1, 31), "valid_to")


def test_a_listing_expires_only_after_its_last_day():
    with pytest.raises(AppError, match="LISTING_STILL_VALID"):
        check_expired(LAST, LAST)
    check_expired(LAST, date(2028, 2, 15))
