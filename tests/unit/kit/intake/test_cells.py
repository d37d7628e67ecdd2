"""Cells as text: what spreadsheets rounded, guarded, or would run."""

import pytest
from hypothesis import given as every
from hypothesis import strategies as st

from services.kit.intake.cells import Mark, active, given, inert, kept, mark_of, shown, unguarded

NUMBER = "53010219200508011X"


@pytest.mark.parametrize(
    ("value", "text", "mark"),
    [
        ("张三", "张三", None),
        (13900000000.0, "13900000000", None),
        (0.1 + 0.2, "0.3", None),
        (-5, "-5", None),
        (True, "TRUE", None),
        (None, "", None),
        ([1], "", None),
        (float("nan"), "", None),
        (float("inf"), "", None),
        (370102199001011234.0, "3.70102199001011E+17", Mark.ROUNDED),
        (10**400, "1E+400", Mark.ROUNDED),
        (999999999999999.0, "999999999999999", None),
        ({"error": "#N/A"}, "#N/A", Mark.ERROR),
    ],
)
def test_values_are_shown_as_people_see_them(value, text, mark):
    assert shown(value) == (text, mark)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("#N/A", Mark.ERROR),
        ("#VALUE!", Mark.ERROR),
        ("3.70102E+17", Mark.ROUNDED),
        ("#1", None),
        ("E12345678", None),
    ],
)
def test_text_that_a_spreadsheet_wrote_is_known(text, mark):
    assert mark_of(text) == mark


@pytest.mark.parametrize(
    "guarded", [f'="{NUMBER}"', f"'{NUMBER}", f"\t{NUMBER}\t", f"{NUMBER}\t", f"\t'{NUMBER}"]
)
def test_guards_round_a_number_are_taken_off(guarded):
    assert unguarded(guarded) == NUMBER


@pytest.mark.parametrize("text", ["'t Hooft", "=1+1", '="a"&"b"', "张三", "", "'", "\t"])
def test_other_text_stays(text):
    assert unguarded(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "'=1", "''@", "＝1", "＠A()", " =1", "\u200b=1"]
)
def test_what_would_run_is_made_inert(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["张三", "a=b", '="530102"', "", "'a"])
def test_what_would_not_run_stays(text):
    assert inert(text) == text


@every(st.text(alphabet="'=+-@＝＠ \u200b\t\ra1\""))
def test_reading_back_undoes_what_writing_did(text):
    assert active(inert(text)) == text
    assert unguarded(given(kept(text))) == unguarded(text)


@pytest.mark.parametrize("text", ["370102199001011234", "007"])
def test_digits_that_a_spreadsheet_would_change_are_guarded(text):
    assert (kept(text), given(kept(text))) == (f'="{text}"', text)
