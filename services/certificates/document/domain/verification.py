"""What a verifier is told.

An unknown number and a wrong name give the same outcome, so that nobody can find out which numbers exist.
"""

from datetime import datetime
from enum import IntEnum

from services.certificates.document.domain.certificate import State


class Outcome(IntEnum):
    """The answer; the numbers equal those of `shuzheng.certificates.v1.VerificationOutcome`."""

    VALID = 1
    REVOKED = 2
    SUPERSEDED = 3
    EXPIRED = 4
    NOT_FOUND_OR_NAME_MISMATCH = 5
    BAD_SIGNATURE = 6
    UNKNOWN_ISSUER = 7
    ON_HOLD = 8
    NOT_YET_VALID = 9
    INDETERMINATE = 10


class Check(IntEnum):
    """One thing looked at; the numbers equal those of `shuzheng.certificates.v1.VerificationCheck`."""

    NUMBER_AND_NAME = 1
    ISSUER = 2
    SIGNATURE = 3
    REGISTER = 4
    STATUS = 5
    DATES = 6


NOT_STANDING: dict[str, Outcome] = {
    State.REVOKED: Outcome.REVOKED,
    State.SUPERSEDED: Outcome.SUPERSEDED,
    State.HELD: Outcome.ON_HOLD,
}


def standing(state: str, valid_from: datetime, valid_until: datetime | None, now: datetime) -> Outcome:
    """Return the outcome for a certificate that was found; `valid_until` None: without end."""
    if (outcome := NOT_STANDING.get(state)) is not None:
        return outcome
    if valid_until is not None and now >= valid_until:
        return Outcome.EXPIRED
    return Outcome.VALID if now >= valid_from else Outcome.NOT_YET_VALID


BY_NUMBER: tuple[Check, ...] = (Check.NUMBER_AND_NAME,)
BY_DOCUMENT: tuple[Check, ...] = (Check.ISSUER, Check.SIGNATURE, Check.REGISTER)
THEN_STATUS = (Check.STATUS,)
THEN_DATES = (Check.STATUS, Check.DATES)


CHECKED: dict[tuple[tuple[Check, ...], Outcome], tuple[Check, ...]] = {
    (first, outcome): first + (THEN_STATUS if outcome in NOT_STANDING.values() else THEN_DATES)
    for first in (BY_NUMBER, BY_DOCUMENT)
    for outcome in Outcome
}


def checks_of(first: tuple[Check, ...], outcome: Outcome) -> tuple[Check, ...]:
    """Return what was looked at, in order, up to the check that decided `outcome`."""
    return CHECKED[first, outcome]
