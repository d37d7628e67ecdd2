"""Resource names: what one pattern formats it parses again, and nothing else fits it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import AppError
from services.kit.values.names import Pattern

INSTITUTION = Pattern("institutions/{institution}")
COHORT = Pattern("institutions/{institution}/cohorts/{cohort}")
IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)


@given(IDS, IDS)
def test_a_formatted_name_parses_to_its_variables(institution: str, cohort: str):
    name = COHORT.format(institution=institution, cohort=cohort)
    assert COHORT.parse(name) == {"institution": institution, "cohort": cohort}


@given(IDS, IDS)
def test_a_child_lies_in_its_parent(institution: str, cohort: str):
    parent = INSTITUTION.child("", institution)
    name = COHORT.child(parent, cohort)
    assert COHORT.parent(name) == parent
    assert COHORT.matches_parent(parent)
    assert INSTITUTION.parent(parent) == ""


@given(st.text())
def test_any_text_parses_or_is_refused_with_its_field(text: str):
    try:
        found = COHORT.parse(text, "cohort")
    except AppError as error:
        assert (error.reason, error.violations[0].field) == ("INVALID_NAME", "cohort")
    else:
        assert COHORT.format(**found) == text


@pytest.mark.parametrize(
    "name",
    [
        "",
        "institutions/a",
        "institutions/a/cohorts/",
        "institutions/a/cohorts/b\n",
        "institutions/A/cohorts/b",
        "institutions/-a/cohorts/b",
        "institutions/a/cohorts/b/learners/c",
        "institutions//cohorts/b",
        "xinstitutions/a/cohorts/b",
        f"institutions/a/cohorts/{'b' * 64}",
        "institutions/a/cohorts/../b",
        "institutions/甲/cohorts/b",
    ],
)
def test_what_is_no_name_does_not_match(name: str):
    assert not COHORT.matches(name)


@pytest.mark.parametrize(
    ("parent", "identifier", "field"),
    [("institutions/a", "B", "cohort_id"), ("bodies/a", "b", "parent"), ("", "b", "parent")],
)
def test_a_wrong_child_names_the_field_that_is_wrong(parent: str, identifier: str, field: str):
    with pytest.raises(AppError) as refused:
        COHORT.child(parent, identifier)
    assert refused.value.violations[0].field == field


def test_format_refuses_an_id_that_breaks_the_rule():
    with pytest.raises(AppError, match="INVALID_NAME"):
        COHORT.format(institution="a/b", cohort="c")
