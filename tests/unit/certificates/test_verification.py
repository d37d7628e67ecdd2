"""What a verifier is told about a certificate that was found."""

import pytest

from services.certificates.document.domain.verification import BY_NUMBER, Check, Outcome, checks_of, standing

NOW = 1_780_272_000


@pytest.mark.parametrize(
    ("state", "start", "until", "outcome"),
    [
        ("ISSUED", NOW, 0, Outcome.VALID),
        ("ISSUED", NOW, NOW + 1, Outcome.VALID),
        ("ISSUED", NOW - 1, NOW, Outcome.EXPIRED),
        ("ISSUED", NOW + 1, 0, Outcome.NOT_YET_VALID),
        ("REVOKED", NOW + 1, NOW, Outcome.REVOKED),
        ("SUPERSEDED", NOW, 0, Outcome.SUPERSEDED),
        ("HELD", NOW, NOW, Outcome.ON_HOLD),
    ],
)
def test_state_counts_before_dates(state, start, until, outcome):
    assert standing(state, start, until, NOW) is outcome


def test_the_last_check_is_the_one_that_decided():
    assert checks_of(BY_NUMBER, Outcome.REVOKED) == (Check.NUMBER_AND_NAME, Check.STATUS)
    assert checks_of(BY_NUMBER, Outcome.EXPIRED)[-1] is Check.DATES
