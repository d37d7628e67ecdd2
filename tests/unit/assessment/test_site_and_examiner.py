"""Sites and examiners are authorized occupation by occupation."""

from datetime import date

import pytest

from services.assessment.register.domain.examiner import unqualified
from services.assessment.register.domain.site import (
    TRANSITIONS,
    SiteAction,
    SiteState,
    require_authorizing,
    unauthorized,
)
from services.kit.errors import AppError

SITE, EXAMINER, DAY = "bodies/b/sites/s", "bodies/b/examiners/x", date(2026, 3, 1)


def qualification(**changes):
    values = {
        "occupation": "big-data",
        "credential": "K-1",
        "valid_from": "2025-01-01",
        "valid_to": "2026-12-31",
    }
    return values | changes


def test_a_listed_site_holds_exams_of_its_occupations_only():
    assert unauthorized(SITE, "LISTED", ["big-data"], "big-data") == []
    assert len(unauthorized(SITE, "LISTED", ["big-data"], "blockchain")) == 1


def test_every_reason_against_a_site_is_told_at_once():
    assert len(unauthorized(SITE, "SUSPENDED", [], "big-data")) == 2


def test_the_occupations_of_an_announced_site_are_fixed():
    require_authorizing(SITE, "APPLIED")
    with pytest.raises(AppError, match="SITE_OCCUPATIONS_FIXED"):
        require_authorizing(SITE, "LISTED")


def test_nothing_leads_out_of_a_removed_site():
    assert not [action for action in SiteAction if (SiteState.REMOVED, action) in TRANSITIONS]


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        (qualification(), 0),
        (qualification(valid_to=""), 0),
        (qualification(valid_to="2026-02-28"), 1),
        (qualification(valid_from="2026-03-02"), 1),
        (qualification(occupation="blockchain"), 1),
    ],
)
def test_an_examiner_marks_only_what_a_qualification_covers_on_that_day(entry, reasons):
    assert len(unqualified(EXAMINER, "ACTIVE", [entry], "big-data", DAY)) == reasons


def test_a_suspended_examiner_marks_nothing():
    assert len(unqualified(EXAMINER, "SUSPENDED", [qualification()], "big-data", DAY)) == 1
