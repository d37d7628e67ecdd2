from datetime import date

import pytest

from services.kit.errors import AppError
from services.kit.values.lifecycle import advance
from services.training.register.domain import listing
from services.training.register.domain.listing import FINAL, TRANSITIONS, ListingAction, ListingState, Term

S, A = ListingState, ListingAction
FROM, TO = date(2024, 1, 1), date(2026, 12, 31)


def term(*history):
    steps = ((S.DRAFT, date(2023, 10, 1)), (S.CONFIRMED, FROM), *history)
    return Term("institutions/a/listings/l", "2023-02", FROM, TO, steps)


def test_the_way_into_the_catalogue():
    state = S.DRAFT
    for action in (A.RECOMMEND, A.REVIEW, A.CONFIRM, A.RECTIFY, A.REINSTATE, A.REMOVE):
        state = advance(TRANSITIONS, state, action)
    assert state == S.REMOVED


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_leads_out_of_a_final_state(state):
    assert not [source for source, _ in TRANSITIONS if source == state]


@pytest.mark.parametrize(
    ("day", "stood"),
    [
        (date(2023, 12, 31), False),
        (FROM, True),
        (TO, True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_listing_stands_from_its_first_to_its_last_day(day, stood):
    assert term().stood_on(day) is stood


def test_a_suspended_listing_does_not_stand_until_it_is_reinstated():
    suspended = term((S.RECTIFYING, date(2025, 3, 1)), (S.CONFIRMED, date(2025, 6, 1)))
    assert suspended.stood_on(date(2025, 2, 28))
    assert not suspended.stood_on(date(2025, 3, 1))
    assert not suspended.stood_on(date(2025, 5, 31))
    assert suspended.stood_on(date(2025, 6, 1))


def test_a_removed_listing_stood_before_its_removal():
    removed = term((S.REMOVED, date(2025, 3, 1)))
    assert removed.stood_on(date(2025, 2, 28))
    assert not removed.stood_on(date(2025, 3, 1))


def test_an_expired_listing_stood_while_it_was_valid():
    assert term((S.EXPIRED, date(2027, 1, 1))).stood_on(TO)


def test_without_a_listing_the_refusal_names_institution_and_day():
    with pytest.raises(AppError) as refused:
        listing.require([term()], "institutions/a", "big-data", date(2030, 1, 1))
    assert refused.value.reason == "NOT_LISTED"
    assert "2030-01-01" in refused.value.message


def test_a_listing_expires_only_after_its_last_day():
    listing.check_over(TO, date(2027, 1, 1))
    with pytest.raises(AppError) as refused:
        listing.check_over(TO, TO)
    assert refused.value.reason == "LISTING_STILL_VALID"
