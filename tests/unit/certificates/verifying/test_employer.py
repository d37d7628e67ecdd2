"""What employers may use."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.certificates.reasons import Reason
from services.certificates.verifying.domain import employer
from services.kit.errors import AppError
from services.vocabulary.policy import in_force
from services.vocabulary.reasons import Reason as Shared

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
LIMITS = {"rows_per_file": 5, "valid_keys": 2, "key_days": 30, "source": "a decision", "mark": "UNCONFIRMED"}
OLD = employer.EmployerRule(effective_from=date(2021, 1, 1), rows_per_day=10, **LIMITS)
NEW = employer.EmployerRule(effective_from=date(2026, 1, 1), rows_per_day=20, **LIMITS)


def refusal(call, *arguments):
    with pytest.raises(AppError) as refused:
        call(*arguments)
    return refused.value.reason


def test_the_newest_rule_that_has_begun_is_in_force():
    assert in_force([NEW, OLD], date(2025, 12, 31), "employers") is OLD
    assert in_force([NEW, OLD], date(2026, 1, 1), "employers") is NEW
    assert refusal(in_force, [NEW], date(2020, 1, 1), "employers") == Shared.NO_POLICY


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
    assert refusal(employer.require_file_size, 6, OLD) == "FILE_TOO_LARGE"
    assert refusal(employer.require_quota, 11, OLD, timedelta(hours=1)) == Reason.DAILY_QUOTA
