"""Schedule rules: all unmet reasons at once; the lifecycle."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.assessment.exam.domain.exam import (
    TRANSITIONS,
    Appointee,
    ExamAction,
    ExamState,
    Plan,
    PlannedPaper,
    PlannedSite,
    Window,
    unmet_schedule_rules,
)
from services.assessment.policy import load
from services.kit.errors import AppError
from services.kit.values.lifecycle import advance
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification

NINE = datetime(2026, 6, 1, 1, tzinfo=UTC)
BIG_DATA = Qualification("big-data", "", Level.JUNIOR)
LEAVE = ({"occupation": "big-data", "credential": "K1", "valid_from": "2025-01-01", "valid_to": ""},)


def staff(kind: str, count: int, **more) -> tuple[Appointee, ...]:
    return tuple(Appointee(f"bodies/b/examiners/{kind}{n}", "ACTIVE", **more) for n in range(count))


PLAN = Plan(
    body="bodies/b",
    qualification=BIG_DATA,
    examined_on=date(2026, 6, 1),
    theory=Window(NINE, NINE + timedelta(hours=2)),
    theory_minutes=90,
    ability=Window(NINE + timedelta(hours=3), NINE + timedelta(hours=6)),
    registration_close=NINE,
    capacity=30,
    listing="bodies/b/listings/l",
    site=PlannedSite("bodies/b/sites/s", "LISTED", ("big-data",), 30),
    paper=PlannedPaper("SEALED", BIG_DATA),
    proctors=staff("p", 2, proctor=True),
    examiners=staff("x", 3, qualifications=LEAVE),
    staffing=load().staffing(date(2026, 6, 1)),
    now=NINE - timedelta(days=20),
)


def reasons(**changes) -> list[str]:
    return [u.reason for u in unmet_schedule_rules(replace(PLAN, **changes))]


def test_a_complete_plan_meets_every_rule():
    assert reasons() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"listing": ""}, ["NOT_LISTED"]),
        ({"site": None}, ["FOREIGN_SITE"]),
        ({"site": PlannedSite("s", "SUSPENDED", ("big-data",), 30)}, ["SITE_NOT_AUTHORIZED"]),
        ({"site": PlannedSite("s", "LISTED", ("blockchain",), 30)}, ["SITE_NOT_AUTHORIZED"]),
        ({"site": PlannedSite("s", "LISTED", ("big-data",), 29)}, ["SITE_TOO_SMALL"]),
        ({"paper": None}, ["PAPER_UNFIT"]),
        ({"paper": PlannedPaper("SEALED", Qualification("big-data", "", Level.MID))}, ["PAPER_UNFIT"]),
        ({"paper": PlannedPaper("DRAFTED", BIG_DATA)}, ["PAPER_NOT_SEALED"]),
        ({"theory_minutes": 121}, ["INVALID_WINDOW"]),
        ({"ability": Window(NINE, NINE)}, ["INVALID_WINDOW"]),
        ({"now": NINE + timedelta(hours=2)}, ["INVALID_WINDOW"]),
        (
            {"capacity": 31, "site": PlannedSite("s", "LISTED", ("big-data",), 0)},
            ["TOO_FEW_PROCTORS", "TOO_FEW_EXAMINERS"],
        ),
        ({"examiners": staff("x", 4, qualifications=LEAVE)}, ["EVEN_EXAMINERS"]),
        ({"examiners": staff("x", 2, qualifications=LEAVE) + staff("y", 1)}, ["EXAMINER_NOT_QUALIFIED"]),
        ({"proctors": staff("p", 2)}, ["PROCTOR_NOT_ALLOWED", "PROCTOR_NOT_ALLOWED"]),
        ({"examiners": staff("p", 3, proctor=True, qualifications=LEAVE)}, ["STAFF_TWICE"]),
    ],
)
def test_each_rule_refuses_alone(changes, expected):
    assert reasons(**changes) == expected


def test_all_unmet_reasons_come_at_once():
    assert set(reasons(listing="", site=None, paper=None, proctors=(), examiners=())) == {
        "NOT_LISTED",
        "FOREIGN_SITE",
        "PAPER_UNFIT",
        "TOO_FEW_PROCTORS",
        "TOO_FEW_EXAMINERS",
        "EVEN_EXAMINERS",
    }


def test_an_exam_that_has_begun_cannot_be_cancelled():
    assert advance(TRANSITIONS, ExamState.CLOSED, ExamAction.CANCEL) == ExamState.CANCELLED
    with pytest.raises(AppError, match="WRONG_STATE"):
        advance(TRANSITIONS, ExamState.IN_PROGRESS, ExamAction.CANCEL)
