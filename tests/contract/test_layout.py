"""Where things stand: names that say nothing are not used, and only the clock reads the time."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import ROOT
from tools.contract import SERVICES

SERVICES_FOLDER = ROOT / "services"
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("datetime", "today"),
}
# What the kit knows nothing of; words of programming as well (item, result, certificate) are left out.
NOUNS = {
    "institution", "institutions", "listing", "listings", "occupation", "qualification", "cohort", "cohorts", "learner",
    "enrollment", "completion", "assessment", "blueprint", "candidate", "candidates", "proctor", "examiner", "exam",
    "exams", "roster", "question", "questions", "employer", "employers", "uscc", "national",
}  # fmt: skip
PLANTED = ["from datetime import datetime\nx = datetime.now()", "import datetime\nx = datetime.date.today()"]


def modules() -> Iterator[Path]:
    """Yield every module of the three services."""
    for service in SERVICES:
        yield from (SERVICES_FOLDER / service).rglob("*.py")


def clock_readings(source: str) -> list[int]:
    """Return the lines of a module that ask the system for the time."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and (ast.unparse(node.value).rpartition(".")[2], node.attr) in CLOCKS
    ]


def nouns(source: str) -> set[str]:
    """Return the words of the field among the identifiers of a module."""
    names = {
        getattr(node, "id", "")
        or getattr(node, "attr", "")
        or getattr(node, "name", "")
        or getattr(node, "arg", "")
        for node in ast.walk(ast.parse(source))
    }
    words = {word.lower() for name in names if name for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    return words & NOUNS


def test_the_kit_knows_no_noun_of_the_field():
    found = {path.name: nouns(path.read_text("utf-8")) for path in (SERVICES_FOLDER / "kit").rglob("*.py")}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("source", ["class CohortRows: ...", "def f(exam_day): ...", "x = row.national_id"])
def test_a_noun_of_the_field_is_found(source: str):
    assert nouns(source)


def test_no_module_is_named_after_nothing():
    assert not [path for path in SERVICES_FOLDER.rglob("*.py") if path.stem in SAY_NOTHING]


def test_services_take_the_time_from_the_clock():
    read = {
        str(path.relative_to(SERVICES_FOLDER)): clock_readings(path.read_text("utf-8")) for path in modules()
    }
    assert {path: lines for path, lines in read.items() if lines} == {}


@pytest.mark.parametrize("source", PLANTED)
def test_a_reading_of_the_system_clock_is_found(source: str):
    assert clock_readings(source) == [2]
