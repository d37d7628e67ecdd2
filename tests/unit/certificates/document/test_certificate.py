"""The life cycle: what follows what, and what never does."""

import pytest

from services.certificates.document.domain.certificate import (
    SIGNED,
    STANDING,
    TRANSITIONS,
    Action,
    Kind,
    State,
)
from services.kit.errors import AppError
from services.kit.values.lifecycle import advance


def test_a_certificate_is_issued_once():
    assert advance(TRANSITIONS, State.INTENT, Action.ISSUE) == State.ISSUED
    with pytest.raises(AppError, match="WRONG_STATE"):
        advance(TRANSITIONS, State.ISSUED, Action.ISSUE)


@pytest.mark.parametrize("state", [State.REVOKED, State.SUPERSEDED])
@pytest.mark.parametrize("action", list(Action))
def test_nothing_leads_out_of_an_end(state, action):
    with pytest.raises(AppError, match="WRONG_STATE"):
        advance(TRANSITIONS, state, action)


def test_only_a_signed_certificate_can_be_superseded():
    with pytest.raises(AppError, match="WRONG_STATE"):
        advance(TRANSITIONS, State.INTENT, Action.SUPERSEDE)


def test_what_stands_can_be_revoked_and_what_has_a_signature_is_not_an_intent():
    assert {State.INTENT, State.ISSUED, State.HELD} == STANDING
    assert State.INTENT not in SIGNED and len(SIGNED) == 4


def test_a_hold_ends_in_a_release_or_a_revocation():
    assert advance(TRANSITIONS, State.ISSUED, Action.HOLD) == State.HELD
    assert advance(TRANSITIONS, State.HELD, Action.RELEASE) == State.ISSUED
    assert advance(TRANSITIONS, State.HELD, Action.REVOKE) == State.REVOKED
    with pytest.raises(AppError, match="WRONG_STATE"):
        advance(TRANSITIONS, State.HELD, Action.SUPERSEDE)


def test_both_kinds_have_their_printed_title():
    assert [kind.zh for kind in Kind] == ["培训合格证书", "专业技术等级证书"]
