"""An item is used only after two different people, neither its author, approved it."""

import pytest

from services.assessment.bank.domain.item_review import (
    TRANSITIONS,
    ItemAction,
    ItemState,
    makes_version,
    review,
)
from services.kit.errors import AppError

ITEM = "bodies/b/banks/k/items/i"


def test_two_different_reviewers_make_an_item_reviewed():
    first = review(ITEM, "DRAFT", "author", [], "zhao", approve=True)
    assert first == ItemState.IN_REVIEW
    assert review(ITEM, first, "author", ["zhao"], "qian", approve=True) == ItemState.REVIEWED


def test_nobody_reviews_their_own_item():
    with pytest.raises(AppError, match="OWN_ITEM"):
        review(ITEM, "DRAFT", "zhao", [], "zhao", approve=True)


def test_the_same_person_does_not_count_twice():
    with pytest.raises(AppError, match="SECOND_REVIEWER_NEEDED"):
        review(ITEM, "IN_REVIEW", "author", ["zhao"], "zhao", approve=True)


def test_a_return_sends_the_item_back_to_draft():
    assert review(ITEM, "IN_REVIEW", "author", ["zhao"], "qian", approve=False) == ItemState.DRAFT


def test_an_active_item_is_not_reviewed_again():
    with pytest.raises(AppError, match="WRONG_STATE"):
        review(ITEM, "ACTIVE", "author", [], "zhao", approve=True)


def test_only_reviewed_items_become_active():
    assert [s for s, a in TRANSITIONS if a == ItemAction.ACTIVATE] == [ItemState.REVIEWED]


def test_only_an_edit_of_an_active_item_makes_a_version():
    assert [state for state in ItemState if makes_version(state)] == [ItemState.ACTIVE]
