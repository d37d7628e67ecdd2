"""Listings: "listed?" is answered for the day that is asked about, not for today."""

from datetime import date

import pytest

from services.kit.errors import AppError
from services.kit.values.lifecycle import advance
from services.vocabulary import listing
from services.vocabulary.listing import ENDED, TRANSITIONS, Change, Listing, ListingAction, ListingState

S, A = ListingState, ListingAction
FROM, TO = date(2024, 1, 1), date(2026, 12, 31)
CONFIRMED = (S.CONFIRMED, date(2023, 11, 20))


def listed(*history, first=FROM, last=TO):
    steps = ((S.DRAFT, date(2023, 10, 1)), *history)
    return Listing("institutions/a/listings/l", "2023-02", first, last, [Change(*step) for step in steps])


def test_the_way_into_the_catalogue_and_out_of_it():
    state = S.DRAFT
    for action in (A.RECOMMEND, A.RETURN, A.RECOMMEND, A.REVIEW, A.CONFIRM, A.RECTIFY, A.RESTORE, A.REMOVE):
        state = advance(TRANSITIONS, state, action)
    assert state is S.REMOVED


@pytest.mark.parametrize("state", sorted(ENDED))
def test_nothing_leads_out_of_an_ended_state(state):
    for action in ListingAction:
        with pytest.raises(AppError, match="WRONG_STATE"):
            advance(TRANSITIONS, state, action)


def test_every_state_can_be_reached():
    assert {S.DRAFT, *TRANSITIONS.values()} == set(S)


@pytest.mark.parametrize(
    ("day", "stood"),
    [(date(2023, 12, 31), False), (FROM, True), (TO, True), (date(2027, 1, 1), False)],
)
def test_a_listing_stands_from_its_first_to_its_last_day(day, stood):
    assert listed(CONFIRMED).stood_on(day) is stood


def test_a_suspended_listing_does_not_stand_until_it_is_restored():
    suspended = listed(CONFIRMED, (S.RECTIFYING, date(2025, 3, 1)), (S.CONFIRMED, date(2025, 6, 1)))
    days = [date(2025, 2, 28), date(2025, 3, 1), date(2025, 5, 31), date(2025, 6, 1)]
    assert [suspended.stood_on(day) for day in days] == [True, False, False, True]


def test_a_removed_listing_stood_before_its_removal():
    removed = listed(CONFIRMED, (S.REMOVED, date(2025, 3, 1)))
    assert [removed.stood_on(day) for day in (date(2025, 2, 28), date(2025, 3, 1))] == [True, False]


def test_a_confirmation_counts_from_its_first_valid_day_even_when_given_later():
    late = listed((S.CONFIRMED, date(2024, 6, 1)))
    assert late.stood_on(FROM)


def test_an_expired_listing_stood_while_it_was_valid():
    assert listed(CONFIRMED, (S.EXPIRED, date(2027, 1, 1))).stood_on(TO)


def test_an_unconfirmed_listing_never_stands():
    assert not listed((S.RECOMMENDED, date(2024, 1, 10))).stood_on(date(2025, 5, 1))
    assert not listed(CONFIRMED, first=None, last=None).stood_on(FROM)


def test_without_a_listing_the_refusal_names_holder_and_day():
    with pytest.raises(AppError) as refused:
        listing.require([listed(CONFIRMED)], "institutions/a", "big-data", date(2030, 1, 1))
    assert refused.value.reason == "NOT_LISTED"
    assert "institutions/a" in refused.value.message and "2030-01-01" in refused.value.message


def test_a_listing_expires_only_after_its_last_day():
    listing.check_over(TO, date(2027, 1, 1))
    with pytest.raises(AppError, match="LISTING_STILL_VALID"):
        listing.check_over(TO, TO)


def test_a_step_is_stored_and_read_again():
    step = Change(S.REMOVED, date(2025, 3, 1), "整改未通过")
    assert Change.of(step.row()) == step
