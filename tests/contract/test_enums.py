"""mypy tells the enums of the contract apart where words become values and values words."""

import subprocess
import sys

from tests.support.places import ROOT

# The last two lines are the negative control.
USES = """
from services.kit.rpc import enums
from shuzheng.training.v1.cohort_pb2 import Cohort, CohortState
from shuzheng.training.v1.completion_pb2 import CompletionState

Cohort(state=enums.number(CohortState, "FILED"))
enums.word(CohortState, Cohort().state)
Cohort(state=enums.number(CompletionState, "REGISTERED"))
enums.word(CompletionState, Cohort().state)
"""


def test_mypy_refuses_the_enum_of_another_noun(tmp_path):
    module = tmp_path / "uses.py"
    module.write_text(USES, "utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        ROOT / "pyproject.toml",
        "--cache-dir",
        tmp_path,
    ]
    checked = subprocess.run([*command, module], cwd=ROOT, capture_output=True, text=True)
    lines = [int(line.split(":")[1]) for line in checked.stdout.splitlines() if "error:" in line]
    assert lines == [8, 9]
