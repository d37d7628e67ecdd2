"""What a worker is told that a service starts as its child."""

import os
import subprocess
import sys
from pathlib import Path

from services.assessment.config import AssessmentConfig
from services.kit.work.child import PARENT, environment


def test_a_child_finds_the_settings_of_its_service(tmp_path: Path, monkeypatch):
    config = AssessmentConfig(
        data_dir=tmp_path, database_url="sqlite:///a.db", worker_silence=3.5, listen="h:1", metrics_port=9
    )
    for name, value in environment(config).items():
        monkeypatch.setenv(name, value)
    found = AssessmentConfig()
    kept = {"listen": found.listen, "metrics_port": found.metrics_port}
    assert found == config.model_copy(update=kept)
    assert (found.listen, found.metrics_port) == ("127.0.0.1:0", 0), "two processes on one port"


def test_a_child_whose_parent_is_gone_ends_at_once():
    code = "from services.kit.work.child import be_a_child; be_a_child(); print('lives')"

    def run(parent: int) -> str:
        told = os.environ | {PARENT: str(parent), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(
            [sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert run(os.getpid()) == "lives"
    assert run(os.getppid()) == ""
