"""Policy by date, and the end of validity."""

from datetime import UTC, date, datetime
from pathlib import Path
from tomllib import loads

import pytest

from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.policy import (
    Disclosure,
    KindPolicy,
    Policy,
    Release,
    ReleaseRule,
    end_of_validity,
    policy_from,
)
from services.kit.errors import AppError
from services.vocabulary.reasons import Reason

FILE = Path(__file__).parents[4] / "services/certificates/policy/certificates.toml"
SAID = {"source": "a decision", "mark": "UNCONFIRMED"}
NOON = datetime(2026, 1, 31, 4, tzinfo=UTC)


def rule(start, months):
    return KindPolicy(
        kind=Kind.GRADE, validity_months=months, holder_name=Disclosure.PLAIN, effective_from=start, **SAID
    )


def release(start, how):
    return ReleaseRule(kind=Kind.GRADE, release=how, effective_from=start, **SAID)


def test_the_newest_rule_in_force_counts():
    policy = Policy((rule(date(2021, 1, 1), 0), rule(date(2027, 1, 1), 36)))
    assert policy.of(Kind.GRADE, date(2026, 12, 31)).validity_months == 0
    assert policy.of(Kind.GRADE, date(2027, 1, 1)).validity_months == 36


def test_a_day_before_every_rule_has_none():
    with pytest.raises(AppError) as refused:
        Policy((rule(date(2021, 1, 1), 0),)).of(Kind.GRADE, date(2020, 1, 1))
    assert refused.value.reason == Reason.NO_POLICY


@pytest.mark.parametrize(
    ("months", "end"),
    [
        (0, None),
        (1, datetime(2026, 2, 28, 4, tzinfo=UTC)),
        (11, datetime(2026, 12, 31, 4, tzinfo=UTC)),
        (12, datetime(2027, 1, 31, 4, tzinfo=UTC)),
        (25, datetime(2028, 2, 29, 4, tzinfo=UTC)),
    ],
)
def test_validity_ends_by_the_calendar(months, end):
    assert end_of_validity(NOON, months) == end


def test_the_shipped_policy_says_where_it_comes_from():
    rules = loads(FILE.read_text("utf-8"))
    policy = policy_from(rules["kind"], rules["release"])
    for entries in (policy.kinds, policy.releases):
        assert {entry.kind for entry in entries} == set(Kind)
        assert all(entry.source and entry.mark in {"CONFIRMED", "UNCONFIRMED"} for entry in entries)


def test_a_release_rule_holds_for_its_kind_from_its_day_on():
    by_batch = release(date(2026, 7, 1), Release.BY_BATCH)
    again = release(date(2027, 7, 1), Release.AT_ONCE)
    policy = Policy((), (again, by_batch))
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2027, 6, 30), date(2027, 7, 1)]
    found = [policy.release_of(Kind.GRADE, day) is Release.BY_BATCH for day in days]
    assert found == [False, True, True, False]
    assert policy.release_of(Kind.TRAINING, date(2026, 12, 1)) is Release.AT_ONCE
