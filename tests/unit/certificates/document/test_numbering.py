"""The official pattern of numbers and its codes, and spellings of one number."""

import pytest

from services.certificates.config import SHIPPED_CODES
from services.certificates.document.domain.numbering import MOST, codes_from, compose, normalize

LEVELS = {"digits": {"junior": 3, "mid": 2, "senior": 1}, "source": "s", "mark": "UNCONFIRMED"}


def test_a_number_has_22_characters_in_their_order():
    number = compose("S000137000001", 2026, "2", 17)
    assert number == "S000137000001262000017"
    assert len(number) == 22


@pytest.mark.parametrize("serial", [0, MOST + 1])
def test_a_serial_beyond_six_digits_is_refused(serial):
    with pytest.raises(ValueError, match="used its"):
        compose("S000137000001", 2026, "2", serial)


@pytest.mark.parametrize("code", ["X000137000001", "S00013700000", "S0001370000011", ""])
def test_a_code_of_another_shape_is_refused(code):
    with pytest.raises(ValueError, match="a code is"):
        codes_from({"levels": LEVELS, "owner": [{"owner": "bodies/b1", "code": code}]})


@pytest.mark.parametrize("digits", [{"junior": 3}, {"junior": 3, "mid": 2, "senior": 9}])
def test_every_level_needs_a_digit(digits):
    with pytest.raises(ValueError, match="every level"):
        codes_from({"levels": LEVELS | {"digits": digits}})


def test_the_shipped_codes_can_be_read_and_say_that_they_are_unconfirmed():
    import tomllib

    codes = codes_from(tomllib.loads(SHIPPED_CODES.read_text("utf-8")))
    assert codes.mark == "UNCONFIRMED" and codes.source and not codes.owners


@pytest.mark.parametrize("spelling", ["de26 1234", "DE26-1234", "DE26\u30001234", "DE26１２３４", "DE261234"])
def test_spellings_of_one_number(spelling):
    assert normalize(spelling) == "DE261234"
