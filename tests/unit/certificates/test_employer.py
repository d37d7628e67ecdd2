"""What employers may use."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.certificates.reasons import Reason
from services.certificates.verifying.domain import employer
from services.kit.errors import AppError

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
OLD = employer.EmployerRule(date(2021, 1, 1), 10, 5, 2, 30, "a decision", "UNCONFIRMED")
NEW = employer.EmployerRule(date(2026, 1, 1), 20, 5, 2, 30, "a decision", "UNCONFIRMED")


def refusal(call, *arguments):
    with pytest.raises(AppError) as refused:
        call(*arguments)
    return refused.value.reason


def test_the_newest_rule_that_has_begun_is_in_force():
    assert employer.rule_on([NEW, OLD], date(2025, 12, 31)) is OLD
    assert employer.rule_on([NEW, OLD], date(2026, 1, 1)) is NEW
    with pytest.raises(LookupError):
        employer.rule_on([NEW], date(2020, 1, 1))


def test_a_key_ends_when_wished_but_not_later_than_the_rule_says():
    latest = NOW + timedelta(days=30)
    assert employer.end_of_key(None, NOW, OLD) == latest
    assert employer.end_of_key(latest, NOW, OLD) == latest
    for wanted in (NOW, latest + timedelta(seconds=1)):
        assert refusal(employer.end_of_key, wanted, NOW, OLD) == Reason.API_KEY_TERM


def test_limits_hold_exactly():
    employer.require_room_for_key(1, OLD)
    employer.require_file_size(5, OLD)
    employer.require_quota(10, OLD, timedelta(hours=1))
    assert refusal(employer.require_room_for_key, 2, OLD) == Reason.TOO_MANY_API_KEYS
    assert refusal(employer.require_file_size, 6, OLD) == Reason.FILE_TOO_LARGE
    assert refusal(employer.require_quota, 11, OLD, timedelta(hours=1)) == Reason.DAILY_QUOTA
