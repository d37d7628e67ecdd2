from datetime import date

import pytest

from services.kit.errors import AppError
from services.training.teaching.domain.enrollment import score
from services.training.teaching.domain.event_day import check_not_future


def test_a_score_ends_at_one_hundred():
    assert score("100", "score") == 1000
    with pytest.raises(AppError) as refused:
        score("100.1", "score")
    assert refused.value.reason == "INVALID_SCORE"


def test_events_do_not_lie_in_the_future():
    check_not_future(date(2025, 1, 1), date(2025, 1, 1), "taught_on")
    with pytest.raises(AppError) as refused:
        check_not_future(date(2025, 1, 2), date(2025, 1, 1), "taught_on")
    assert refused.value.reason == "FUTURE_DATE"
