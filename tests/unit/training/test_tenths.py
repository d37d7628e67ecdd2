import pytest

from services.kit.errors import AppError
from services.training import tenths


@pytest.mark.parametrize(("text", "value"), [("80", 800), ("80.5", 805), ("0", 0), ("0.1", 1), ("007", 70)])
def test_decimal_text_becomes_tenths(text, value):
    assert tenths.parse(text) == value


@pytest.mark.parametrize(("value", "text"), [(800, "80"), (805, "80.5"), (0, "0"), (1, "0.1")])
def test_tenths_show_no_needless_zero(value, text):
    assert tenths.show(value) == text


def test_a_score_ends_at_one_hundred():
    assert tenths.score("100", "score") == 1000
    with pytest.raises(AppError) as refused:
        tenths.score("100.1", "score")
    assert refused.value.reason == "INVALID_SCORE"


def test_no_hours_are_possible_only_in_a_correction():
    assert tenths.hours("0", "hours", correction=True) == 0
    for wrong in ("0", "24.1"):
        with pytest.raises(AppError) as refused:
            tenths.hours(wrong, "hours", correction=False)
        assert refused.value.reason == "INVALID_HOURS"
