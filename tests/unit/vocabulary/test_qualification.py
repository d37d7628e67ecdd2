"""A qualification names an occupation that exists, and a direction of it."""

import pytest

from services.kit.errors import AppError
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification, check, check_occupation


def test_unknown_occupations_and_directions_are_refused_where_they_stand():
    for wrong, field in (
        (Qualification("cooking", "", Level.MID), "aim.occupation"),
        (Qualification("big-data", "cooking", Level.MID), "aim.direction"),
    ):
        with pytest.raises(AppError) as refused:
            check(wrong, "aim")
        assert refused.value.reason == "UNKNOWN_QUALIFICATION"
        assert [violation.field for violation in refused.value.violations] == [field]


def test_what_exists_passes():
    check(Qualification("big-data", "", Level.MID), "aim")
    check_occupation("big-data", "occupation")
