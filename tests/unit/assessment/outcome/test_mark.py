"""Two marks, a third when they differ too much, and who may give one."""

from datetime import date

import pytest

from services.assessment.outcome.domain.mark import Assignment, MarkingState, settle, unmet_mark_rules
from services.assessment.policy import Marking


def rule(final: str = "closest-pair") -> Marking:
    return Marking(
        effective_from=date(2021, 1, 1),
        source="s",
        mark="UNCONFIRMED",
        largest_deviation=100,
        final_of_three=final,
    )


def test_one_mark_settles_nothing():
    assert settle([], rule()).state == MarkingState.AWAITING_MARKS
    assert settle([700], rule()).state == MarkingState.AWAITING_MARKS


def test_two_marks_within_the_deviation_become_their_mean():
    assert settle([700, 800], rule()).score == 750
    assert settle([700, 701], rule()).score == 701


def test_two_marks_too_far_apart_need_a_third():
    assert settle([700, 801], rule()).state == MarkingState.AWAITING_THIRD


@pytest.mark.parametrize(
    ("final", "marks", "score"),
    [
        ("closest-pair", [500, 700, 720], 710),
        ("closest-pair", [720, 500, 520], 510),
        ("closest-pair", [500, 600, 700], 650),
        ("median", [900, 500, 720], 720),
    ],
)
def test_three_marks_become_one_by_policy(final, marks, score):
    assert settle(marks, rule(final)).score == score


def test_every_reason_against_an_examiner_comes_at_once():
    nobody = Assignment("bodies/b/examiners/x", (), True, False, ("bodies/b/examiners/x",), True)
    assert [u.reason for u in unmet_mark_rules(nobody)] == [
        "NOT_EXAMINER_OF_EXAM",
        "EXAMINER_RECUSED",
        "NOT_CHECKED_IN",
        "ALREADY_MARKED",
        "MARKS_COMPLETE",
    ]


def test_an_appointed_examiner_may_mark():
    free = Assignment("bodies/b/examiners/x", ("bodies/b/examiners/x",), False, True, (), False)
    assert unmet_mark_rules(free) == []
