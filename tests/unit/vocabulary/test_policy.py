"""Dated policy: the latest entry that has begun applies, and where none has, that is said."""

from datetime import date

import pytest

from services.kit.errors import AppError
from services.vocabulary.policy import Figure, in_force, read

ROWS = [
    {"effective_from": date(2024, 1, 1), "source": "s", "mark": "UNCONFIRMED", "value": 10},
    {"effective_from": date(2022, 1, 1), "source": "s", "mark": "CONFIRMED", "value": 5},
]


def test_the_latest_entry_that_has_begun_applies():
    new, old = read(Figure, ROWS)
    assert in_force((new, old), date(2023, 12, 31), "x") is old
    assert in_force((new, old), date(2024, 1, 1), "x") is new


def test_before_the_first_entry_the_refusal_names_what_is_missing():
    with pytest.raises(AppError) as refused:
        in_force(read(Figure, ROWS), date(2021, 12, 31), "the term of a listing")
    assert refused.value.reason == "NO_POLICY"
    assert "the term of a listing" in refused.value.message and "2021-12-31" in refused.value.message


@pytest.mark.parametrize("wrong", [{"value": 1}, ROWS[0] | {"values": 2}])
def test_a_row_that_lacks_something_or_has_too_much_is_no_entry(wrong):
    with pytest.raises(TypeError):
        read(Figure, [wrong])
