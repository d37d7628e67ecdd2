"""Text is made comparable before it is compared, and fit to store before it is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import AppError
from services.kit.values.text import clean, line, optional_line


def test_full_width_blanks_and_invisible_characters_go():
    assert clean("　ＡＢ１２\u200b  张\t三 \ufeff") == "AB12 张 三"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str):
    assert clean(clean(text)) == clean(text)


def test_a_line_is_cleaned_and_neither_empty_nor_too_long():
    assert line(" ＡＢ ", 2, "name") == "AB"
    assert optional_line("\u200b", 2, "name") == ""
    for wrong in ("", " ", "ABC"):
        with pytest.raises(AppError) as refused:
            line(wrong, 2, "cohort.display_name")
        assert [violation.field for violation in refused.value.violations] == ["cohort.display_name"]
