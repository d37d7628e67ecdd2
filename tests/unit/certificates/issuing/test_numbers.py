"""Numbers: check digits, and no pattern to guess by."""

from itertools import pairwise

from stdnum.iso7064 import mod_97_10

from services.certificates.document.domain.certificate import Kind
from services.certificates.issuing.drafting.numbers import RandomDigits


def test_a_number_is_prefix_year_digits_and_check_digits():
    number = RandomDigits("DE").new(Kind.GRADE, "bodies/b1", 2026)
    assert number.startswith("DE26") and len(number) == 18 and number[2:].isdigit()
    assert mod_97_10.is_valid(number)


def test_every_single_wrong_digit_is_noticed():
    number = RandomDigits("DE").new(Kind.GRADE, "bodies/b1", 2026)
    for at in range(2, len(number)):
        for digit in "0123456789":
            wrong = number[:at] + digit + number[at + 1 :]
            assert wrong == number or not mod_97_10.is_valid(wrong)


def test_numbers_do_not_follow_each_other():
    numbers = sorted(int(RandomDigits("DE").new(Kind.GRADE, "", 2026)[4:16]) for _ in range(200))
    assert len(set(numbers)) == 200
    assert min(b - a for a, b in pairwise(numbers)) > 1000
