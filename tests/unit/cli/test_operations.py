"""What long work is doing is said in words."""

import re

from services.cli.operations import KINDS
from tests.support.places import ROOT

KIND = re.compile(r'^[A-Z_]+ = "(\w+)"  # the kind of operation$', re.MULTILINE)


def test_every_kind_of_operation_has_words():
    kinds = {
        kind for file in (ROOT / "services").rglob("*.py") for kind in KIND.findall(file.read_text("utf-8"))
    }
    assert kinds == set(KINDS)
    assert len(kinds) >= 3
