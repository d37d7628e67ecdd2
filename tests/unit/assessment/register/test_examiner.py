"""An examiner marks what a qualification covers, on the days of its term."""

from datetime import date

import pytest

from services.assessment.register.domain.examiner import unqualified

EXAMINER, DAY = "bodies/b/examiners/x", date(2026, 3, 1)


def qualification(**changes):
    values = {
        "occupation": "big-data",
        "credential": "K-1",
        "valid_from": "2025-01-01",
        "valid_to": "2026-12-31",
    }
    return values | changes


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        (qualification(), 0),
        (qualification(valid_to=""), 0),
        (qualification(valid_to="2026-02-28"), 1),
        (qualification(valid_from="2026-03-02"), 1),
        (qualification(occupation="blockchain"), 1),
    ],
)
def test_an_examiner_marks_only_what_a_qualification_covers_on_that_day(entry, reasons):
    assert len(unqualified(EXAMINER, "ACTIVE", [entry], "big-data", DAY)) == reasons


def test_a_suspended_examiner_marks_nothing():
    assert len(unqualified(EXAMINER, "SUSPENDED", [qualification()], "big-data", DAY)) == 1
