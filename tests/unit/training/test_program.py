import tomllib
from datetime import date
from importlib.resources import files

import pytest

from services.kit.errors import AppError
from services.training.policy import Figure, Policy, in_force
from services.training.teaching.domain import program
from services.training.teaching.domain.program import Qualification
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS

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
        assert program.parse(each.qualification.program_name) == each.qualification


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


def test_the_latest_figure_that_has_begun_applies():
    old, new = (
        Figure(date(year, 1, 1), "s", "UNCONFIRMED", value) for year, value in ((2022, 5), (2024, 10))
    )
    assert in_force((new, old), date(2023, 12, 31)) is old
    assert in_force((new, old), date(2024, 1, 1)) is new
    assert in_force((new, old), date(2021, 12, 31)) is None


def test_unknown_occupations_and_directions_are_refused():
    for wrong in (Qualification("cooking", "", Level.MID), Qualification("big-data", "cooking", Level.MID)):
        with pytest.raises(AppError) as refused:
            program.check(wrong, "qualification")
        assert refused.value.reason == "UNKNOWN_QUALIFICATION"
