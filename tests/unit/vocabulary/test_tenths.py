import pytest

from services.vocabulary import tenths


@pytest.mark.parametrize(("text", "value"), [("80", 800), ("80.5", 805), ("0", 0), ("0.1", 1), ("007", 70)])
def test_decimal_text_becomes_tenths(text, value):
    assert tenths.parse(text) == value


@pytest.mark.parametrize(("value", "text"), [(800, "80"), (805, "80.5"), (0, "0"), (1, "0.1")])
def test_tenths_show_no_needless_zero(value, text):
    assert tenths.show(value) == text
