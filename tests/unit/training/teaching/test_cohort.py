from datetime import date

import pytest

from services.kit.errors import AppError
from services.kit.values.lifecycle import advance
from services.training.teaching.domain import cohort
from services.training.teaching.domain.cohort import TRANSITIONS, CohortAction, CohortState


def test_a_cohort_goes_from_plan_to_archive():
    state = CohortState.PLANNED
    for action in CohortAction:
        state = advance(TRANSITIONS, state, action)
    assert state == CohortState.ARCHIVED


def test_no_step_can_be_left_out_or_taken_back():
    order = list(CohortState)
    for (source, _), target in TRANSITIONS.items():
        assert order.index(target) == order.index(source) + 1


def test_a_wrong_step_says_what_is_possible():
    with pytest.raises(AppError) as refused:
        advance(TRANSITIONS, CohortState.PLANNED, CohortAction.CLOSE)
    assert refused.value.reason == "WRONG_STATE"
    assert "file" in refused.value.message


def test_a_late_filing_warns_and_an_early_one_does_not():
    start = date(2025, 3, 17)
    assert cohort.filing_warnings(date(2025, 3, 10), start, 5) == []
    assert len(cohort.filing_warnings(date(2025, 3, 11), start, 5)) == 1


def test_capacity_holds_at_least_those_enrolled():
    cohort.check_capacity(30, 30)
    for capacity, enrolled in ((29, 30), (0, 0)):
        with pytest.raises(AppError) as refused:
            cohort.check_capacity(capacity, enrolled)
        assert refused.value.reason == "INVALID_CAPACITY"


def test_teaching_needs_learners():
    with pytest.raises(AppError) as refused:
        cohort.check_learners(0, "institutions/a/cohorts/c")
    assert refused.value.reason == "NO_ENROLLMENTS"
