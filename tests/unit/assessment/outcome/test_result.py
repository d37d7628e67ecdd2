"""Pass marks, the tiers of misconduct, publicity."""

from datetime import date

import pytest

from services.assessment.outcome.domain.result import Part, passes, void_parts
from services.assessment.person.domain.integrity_record import Term, Tier, term_of
from services.assessment.policy import load
from services.kit.errors import AppError
from services.vocabulary.calendar import add_working_days

DAY = date(2026, 6, 1)
POLICY = load()


@pytest.mark.parametrize(
    ("theory", "ability", "passed"),
    [(600, 600, True), (599, 1000, False), (1000, 599, False), (None, 900, False), (900, None, False)],
)
def test_both_parts_must_reach_sixty(theory, ability, passed):
    assert passes(theory, ability, POLICY.scoring(DAY)) is passed


def test_tier_a_voids_the_part_it_names():
    assert void_parts(Tier.A, Part.THEORY) == (Part.THEORY,)
    with pytest.raises(AppError, match="PART_REQUIRED"):
        void_parts(Tier.A, None)


@pytest.mark.parametrize("tier", [Tier.B, Tier.C])
def test_tiers_b_and_c_void_the_sitting(tier):
    assert void_parts(tier, Part.THEORY) == (Part.THEORY, Part.ABILITY)


def test_records_last_nothing_five_years_or_long_term():
    rule = POLICY.integrity(DAY)
    assert term_of(Tier.A, rule, DAY) is None
    assert term_of(Tier.B, rule, DAY) == Term(DAY, date(2031, 5, 31))
    assert term_of(Tier.C, rule, DAY) == Term(DAY, None)


def test_publicity_skips_the_weekend():
    assert add_working_days(date(2026, 6, 5), 1) == date(2026, 6, 8)
    assert add_working_days(DAY, 5) == date(2026, 6, 8)


def test_a_rule_must_be_in_force():
    with pytest.raises(AppError, match="NO_POLICY"):
        POLICY.scoring(date(2000, 1, 1))
