"""The image runs what the tests ran: the same versions, with the extras that the services need."""

import re
import tomllib

import pytest

from tests.support.places import ROOT

PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)
SERVED = re.search(r"^SERVED := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[1].split()


def pins(name):
    """Return the versions of a lock by package."""
    return dict(PIN.findall((ROOT / name).read_text("utf-8")))


def needed(extra):
    """Return the packages that an extra asks for."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    return {re.split(r"[\[<>=~ ]", one)[0] for one in extras[extra]}


def test_the_image_has_the_versions_of_the_tests():
    image, tests = pins("requirements.lock"), pins("requirements-dev.lock")
    assert len(image) > 30
    assert image.items() <= tests.items()


@pytest.mark.parametrize("extra", SERVED)
def test_the_image_has_its_extras(extra):
    assert needed(extra) <= pins("requirements.lock").keys()


def test_the_image_has_no_tools_of_development():
    assert not {"pytest", "ruff", "mypy"} & pins("requirements.lock").keys()
    assert {"pytest", "ruff", "mypy"} <= pins("requirements-dev.lock").keys()
