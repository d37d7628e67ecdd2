import pytest

from services.kit.errors import AppError
from services.training.teaching.domain import hour_entry
from services.training.teaching.domain.hour_entry import TeachingMode

TOTALS = {("a", "ONLINE"): 25, ("a", "OFFLINE"): 15, ("b", "OFFLINE"): 40}


def test_totals_by_item_by_mode_and_in_all():
    assert hour_entry.total(TOTALS) == 80
    assert hour_entry.of_item(TOTALS, "a") == 40
    assert hour_entry.of_item(TOTALS, "c") == 0
    assert hour_entry.of_mode(TOTALS, TeachingMode.ONLINE) == 25


@pytest.mark.parametrize(
    ("corrects", "reason"),
    [
        ("institutions/a/cohorts/c/enrollments/x/hourEntries/1", ""),
        ("institutions/a/cohorts/c/enrollments/y/hourEntries/1", "typed wrongly"),
        ("institutions/a/cohorts/c/enrollments/xx/hourEntries/1", "typed wrongly"),
    ],
)
def test_a_correction_needs_a_reason_and_an_entry_of_the_same_enrollment(corrects, reason):
    with pytest.raises(AppError) as refused:
        hour_entry.check_correction(corrects, reason, "institutions/a/cohorts/c/enrollments/x", "entries[0]")
    assert refused.value.reason == "INVALID_CORRECTION"


def test_no_hours_are_possible_only_in_a_correction():
    assert hour_entry.hours("0", "hours", correction=True) == 0
    for wrong in ("0", "24.1"):
        with pytest.raises(AppError) as refused:
            hour_entry.hours(wrong, "hours", correction=False)
        assert refused.value.reason == "INVALID_HOURS"
