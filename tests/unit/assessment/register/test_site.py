"""A site is authorized occupation by occupation."""

import pytest

from services.assessment.register.domain.site import (
    TRANSITIONS,
    SiteAction,
    SiteState,
    require_authorizing,
    unauthorized,
)
from services.kit.errors import AppError

SITE = "bodies/b/sites/s"


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
