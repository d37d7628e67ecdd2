import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from services.training.completion.domain import completion
from services.training.completion.domain.completion import Standing
from services.training.policy import Policy
from services.training.teaching.domain import program
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification

POLICY = Policy.of(
    tomllib.loads((files("services.training") / "policy" / "training.toml").read_text("utf-8"))
)
PROGRAM = program.require(POLICY, Qualification("big-data", "data-analysis", Level.JUNIOR), date(2025, 3, 1))
ENOUGH = {(item.key, "OFFLINE"): 110 for item in PROGRAM.items}
ALL_MET = Standing(
    cohort_state="COMPLETION_EXAM",
    enrollment_state="ENROLLED",
    program=PROGRAM,
    totals=ENOUGH,
    exam_score=600,
    listed=True,
    day=date(2025, 3, 1),
    completed_before=False,
)


def reasons(standing):
    return [unmet.reason for unmet in completion.missing(standing, "enrollment")]


def test_hours_content_and_exam_make_a_completion():
    assert reasons(ALL_MET) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cohort_state": "TEACHING"}, "COHORT_STATE"),
        ({"enrollment_state": "dropped"}, "NOT_ENROLLED"),
        ({"completed_before": True}, "ALREADY_COMPLETED"),
        ({"listed": False}, "NOT_LISTED"),
        ({"exam_score": None}, "EXAM_NOT_TAKEN"),
        ({"exam_score": 599}, "EXAM_NOT_PASSED"),
        ({"totals": dict.fromkeys(ENOUGH, 105)}, "HOURS_INCOMPLETE"),
        (
            {"totals": {**ENOUGH, ("management", "OFFLINE"): 39, ("processing", "ONLINE"): 200}},
            "CONTENT_INCOMPLETE",
        ),
    ],
)
def test_each_requirement_is_needed_by_itself(change, reason):
    assert reasons(replace(ALL_MET, **change)) == [reason]


def test_a_closed_cohort_can_still_complete():
    assert reasons(replace(ALL_MET, cohort_state="CLOSED")) == []


def test_every_missing_requirement_is_told_at_once():
    nothing = replace(ALL_MET, totals={}, exam_score=None, listed=False)
    found = reasons(nothing)
    assert {"NOT_LISTED", "HOURS_INCOMPLETE", "EXAM_NOT_TAKEN"} <= set(found)
    assert found.count("CONTENT_INCOMPLETE") == len(PROGRAM.items)
