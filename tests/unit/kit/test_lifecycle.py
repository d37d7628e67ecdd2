"""A lifecycle table is walked in one place, and a refusal says what would be possible."""

from enum import StrEnum, auto

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import AppError, Kind
from services.kit.values.lifecycle import advance, allowed


class Door(StrEnum):
    OPEN = auto()
    CLOSED = auto()
    LOCKED = auto()


class Act(StrEnum):
    CLOSE = auto()
    OPEN = auto()
    LOCK = auto()


TABLE = {
    (Door.OPEN, Act.CLOSE): Door.CLOSED,
    (Door.CLOSED, Act.OPEN): Door.OPEN,
    (Door.CLOSED, Act.LOCK): Door.LOCKED,
}


@given(st.sampled_from(Door), st.sampled_from(Act))
def test_what_the_table_holds_happens_and_nothing_else(state: Door, action: Act):
    if (state, action) in TABLE:
        assert advance(TABLE, state, action) is TABLE[state, action]
        assert str(action) in allowed(TABLE, state)
    else:
        with pytest.raises(AppError, match="WRONG_STATE"):
            advance(TABLE, state, action)


def test_a_state_read_from_a_row_is_text_and_works_too():
    assert advance(TABLE, "open", Act.CLOSE) is Door.CLOSED


def test_a_refusal_tells_state_action_subject_and_what_is_possible():
    with pytest.raises(AppError) as refused:
        advance(TABLE, Door.CLOSED, Act.CLOSE, "doors/1")
    error = refused.value
    assert error.kind is Kind.PRECONDITION
    assert error.metadata == {"state": "closed", "action": "close", "name": "doors/1"}
    assert "possible: open, lock" in error.message


def test_an_end_state_allows_nothing():
    with pytest.raises(AppError, match="possible: nothing"):
        advance(TABLE, Door.LOCKED, Act.OPEN)
