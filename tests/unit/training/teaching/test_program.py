import tomllib
from datetime import date
from importlib.resources import files

import pytest

from services.kit.errors import AppError
from services.training.policy import Policy
from services.training.teaching.domain import program
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS
from services.vocabulary.qualification import Qualification

SHIPPED = tomllib.loads((files("services.training") / "policy" / "training.toml").read_text("utf-8"))
POLICY = Policy.of(SHIPPED)
TODAY = date(2025, 3, 1)


def test_every_occupation_direction_and_level_has_a_program():
    programs = list(program.every(POLICY, TODAY))
    expected = sum(len(o.directions) + 1 for o in OCCUPATIONS.values()) * len(Level)
    assert len(programs) == expected


def test_content_never_needs_more_hours_than_the_whole_training():
    for each in program.every(POLICY, TODAY):
        assert sum(item.hours for item in each.items) <= each.hours.total, each.qualification


def test_every_shipped_figure_says_where_it_comes_from_and_how_sure_it_is():
    for entries in SHIPPED.values():
        for entry in entries:
            assert entry["source"]
            assert entry["mark"] in {"CONFIRMED", "UNCONFIRMED"}


def test_names_lead_back_to_their_qualification():
    for each in program.every(POLICY, TODAY):
        assert program.parse(each.name) == each.qualification


@pytest.mark.parametrize(
    "name",
    [
        "programs/big-data",
        "programs/big-data--expert",
        "programs/cooking--junior",
        "programs/big-data--x--junior",
        "programs/a--b--c--d",
    ],
)
def test_unknown_programs_are_not_found(name):
    with pytest.raises(AppError) as refused:
        program.parse(name)
    assert refused.value.reason == "RESOURCE_NOT_FOUND"


def test_before_the_first_policy_there_is_no_program():
    with pytest.raises(AppError) as refused:
        program.require(POLICY, Qualification("big-data", "", Level.JUNIOR), date(2020, 1, 1))
    assert refused.value.reason == "NO_PROGRAM"
