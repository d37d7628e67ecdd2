"""Blueprints add up to 100 exactly, part by part."""

from dataclasses import replace

import pytest

from services.assessment.bank.domain.blueprint import Part, Section, check, from_json, to_json
from services.assessment.bank.domain.item import ItemType
from services.kit.errors import AppError

PARTS = (
    Part("1", 600, (Section(ItemType.SINGLE_CHOICE, 40, 10), Section(ItemType.MULTIPLE_CHOICE, 10, 20))),
    Part("2", 400, (Section(ItemType.TRUE_FALSE, 40, 10),)),
)


def fields(parts, functions=("1", "2")):
    with pytest.raises(AppError) as refused:
        check(parts, functions)
    assert refused.value.reason == "INVALID_BLUEPRINT"
    return [violation.field for violation in refused.value.violations]


def test_a_blueprint_that_adds_up_is_accepted_and_survives_storage():
    check(PARTS, {"1", "2", "3"})
    assert from_json(to_json(PARTS)) == PARTS


def test_weights_must_sum_to_100():
    light = replace(PARTS[1], weight=390, sections=(Section(ItemType.TRUE_FALSE, 39, 10),))
    assert fields((PARTS[0], light)) == ["parts"]


def test_half_points_sum_exactly():
    halves = Part("2", 400, (Section(ItemType.TRUE_FALSE, 80, 5),))
    check((PARTS[0], halves), {"1", "2"})


def test_everything_that_is_wrong_is_told_at_once():
    wrong = (replace(PARTS[0], weight=590), replace(PARTS[0], function="9", weight=400))
    assert fields(wrong) == ["parts", "parts[0].sections", "parts[1].function", "parts[1].sections"]


def test_a_function_comes_once_and_a_type_once_in_it():
    twice = Part("1", 400, (Section(ItemType.TRUE_FALSE, 20, 10), Section(ItemType.TRUE_FALSE, 20, 10)))
    assert fields((PARTS[0], twice)) == ["parts[1].function", "parts[1].sections"]
