"""Knowledge points: function > work item > point, keyed by direction and level as well."""

from services.assessment.bank.domain.bank import canonical_code, function_of, orphans, point_id, point_key


def test_names_of_points_sort_as_the_standard_does():
    codes = ["1", "1.1", "1.1.2", "1.1.10", "1.2", "2", "10"]
    assert sorted(codes, key=point_id) == codes


def test_the_same_code_in_another_direction_or_level_is_another_point():
    keys = {
        point_key("big-data", direction, level, "1.1") for direction in ("", "analysis") for level in (1, 2)
    }
    assert len(keys) == 4


def test_a_point_needs_its_parent_in_the_bank_or_in_the_same_call():
    assert orphans(["1.1.1", "1.1"], {"1"}) == []
    assert [violation.field for violation in orphans(["2.1", "1.1"], {"1"})] == ["points[0].code"]


def test_codes_have_one_spelling():
    assert canonical_code("01.2.03") == "1.2.3"
    assert function_of("12.3") == "12"
