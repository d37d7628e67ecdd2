"""Unified social credit codes by GB 32100."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.vocabulary import uscc
from tests.support.people import organization_code


@pytest.mark.parametrize("code", ["91330100799655058B", "914403001922038216", "91110108551385082Q"])
def test_real_codes_are_valid_in_either_case(code: str):
    assert uscc.problems(code) == []
    assert uscc.problems(f" {code.lower()} ") == []


@given(st.integers(0, 999_999_999))
def test_made_up_codes_are_valid(number: int):
    assert uscc.problems(organization_code(number)) == []


@given(st.integers(0, 999_999_999), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_another_check_character_is_noticed_as_such(number: int, check: str):
    code = organization_code(number)
    expected = [] if check == code[-1] else ["the check digit does not fit"]
    assert uscc.problems(code[:-1] + check) == expected


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_no_part_of_a_code(letter: str):
    assert uscc.shape_problem("9133010079965505" + letter + "B")


@given(st.text())
def test_any_text_is_judged_without_an_error(text: str):
    assert uscc.problems(text) or len(uscc.normalize(text)) == 18
