"""What a verifier is told about a certificate that was found."""

from datetime import UTC, datetime, timedelta

import pytest

from services.certificates.document.domain.certificate import State
from services.certificates.document.domain.verification import BY_NUMBER, Check, Outcome, checks_of, standing

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "start", "until", "outcome"),
    [
        (State.ISSUED, NOW, None, Outcome.VALID),
        (State.ISSUED, NOW, NOW + SECOND, Outcome.VALID),
        (State.ISSUED, NOW - SECOND, NOW, Outcome.EXPIRED),
        (State.ISSUED, NOW + SECOND, None, Outcome.NOT_YET_VALID),
        (State.REVOKED, NOW + SECOND, NOW, Outcome.REVOKED),
        (State.SUPERSEDED, NOW, None, Outcome.SUPERSEDED),
        (State.HELD, NOW, NOW, Outcome.ON_HOLD),
    ],
)
def test_state_counts_before_dates(state, start, until, outcome):
    assert standing(state, start, until, NOW) is outcome


def test_the_last_check_is_the_one_that_decided():
    assert checks_of(BY_NUMBER, Outcome.REVOKED) == (Check.NUMBER_AND_NAME, Check.STATUS)
    assert checks_of(BY_NUMBER, Outcome.EXPIRED)[-1] is Check.DATES
