"""National ID numbers by GB 11643, as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.vocabulary import national_id
from tests.support.people import national_id as made_up

NUMBERS = st.integers(0, 99_999).map(made_up)


def test_the_standard_example_is_valid_and_its_neighbor_is_not():
    assert national_id.problems("53010219200508011X") == []
    assert national_id.problems("53010219200508011x") == []
    assert national_id.problems("530102192005080119") == ["the check character does not fit"]


@given(NUMBERS)
def test_made_up_numbers_are_valid(number: str):
    assert national_id.problems(number) == []


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, digit: str):
    damaged = number[:place] + digit + number[place + 1 :]
    assert damaged == number or national_id.problems(damaged)


@given(NUMBERS)
def test_full_width_and_spaced_forms_are_the_same_number(number: str):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert national_id.normalize(f" {wide[:6]} {wide[6:14]}-{wide[14:]}".lower()) == number


@pytest.mark.parametrize("text", ["", "123", "37010219900230123X", "abc", "一二三", "5" * 19])
def test_what_is_no_number_has_problems(text: str):
    assert national_id.problems(text)


@given(st.text())
def test_any_text_is_judged_without_an_error(text: str):
    national_id.problems(text)


def test_the_thirtieth_of_february_is_no_birth_date():
    assert "digits 7 to 14 are no calendar day" in national_id.problems("999999199002309900")
    assert national_id.birth_date(made_up(7)) == date(1975, 1, 1)


@given(NUMBERS)
def test_a_masked_number_hides_birth_date_and_shows_four_last_characters(number: str):
    masked = national_id.mask(number)
    assert masked == f"{number[:6]}********{number[-4:]}"
    assert number[6:14] not in masked


def test_what_has_another_length_is_masked_wholly():
    assert national_id.mask("12345") == "*****"
