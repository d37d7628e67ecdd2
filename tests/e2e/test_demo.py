"""`make demo` as a new user runs it: everything as expected, twice, with its files; and it fails when it should."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.embedded.demo import files
from tests.support.places import ROOT

pytestmark = pytest.mark.timeout(400)
KEYS = (
    "institutions", "bodies", "cohorts", "learners_imported", "learners_rejected", "completions", "exams", "candidates",
    "passed", "failed", "training_certificates", "grade_certificates", "revoked", "verifications", "seconds",
)  # fmt: skip


def demo(folder: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "services.cli", *options, "demo", "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def summary(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "summary.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_the_demo_succeeds_twice_in_one_folder(tmp_path: Path) -> None:
    for options, words in (((), "全部成立"), (("--lang", "en"), "All hold")):
        code, told = demo(tmp_path, *options)
        assert code == 0, told
        assert words in told
    found = summary(tmp_path)
    assert set(KEYS) <= set(found)
    assert {key: found[key] for key in files.scenario()["expected"]} == files.scenario()["expected"]
    assert {"VALID", "REVOKED", "SUPERSEDED", "BAD_SIGNATURE", "UNKNOWN_ISSUER"} <= set(
        found["verifications"]
    )
    certificates = list((tmp_path / "certificates").glob("*.json"))
    assert len(certificates) == found["training_certificates"] + found["grade_certificates"] + 1
    assert all("proof" in json.loads(file.read_text("utf-8")) for file in certificates)
    assert (tmp_path / "rejects-quancheng.csv").read_text("utf-8-sig").count("\n") > 1


def test_no_number_of_a_person_leaves_the_register(tmp_path: Path) -> None:
    code, told = demo(tmp_path)
    assert code == 0, told
    numbers = [row["身份证号"] for row in files.table("candidates.csv")]
    issued = "".join(file.read_text("utf-8") for file in (tmp_path / "certificates").glob("*.json"))
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    for number in numbers:
        assert number not in told
        assert number not in issued
        assert number.encode() not in kept, "a database, a message or a log holds the number as it is"
