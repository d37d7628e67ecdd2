"""Every import contract of .importlinter holds, and each one catches the violation it is there for."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT

LINT = Path(sys.executable).with_name("lint-imports")

AREAS = {
    "training": ("register", "teaching", "completion"),
    "assessment": ("register", "person", "bank", "exam", "sitting", "outcome"),
    "certificates": ("log", "issuing", "standing", "verifying", "paper"),
}
VIOLATIONS = [
    (
        "services-have-storeys",
        "training/register/domain/planted.py",
        "import services.training.teaching.domain",
    ),
    ("services-have-storeys", "training/names_planted.py", ""),
    (
        "services-have-storeys",
        "assessment/person/storage/planted.py",
        "import services.assessment.exam.storage",
    ),
    ("services-have-storeys", "certificates/stray.py", ""),
    (
        "areas-have-layers",
        "training/teaching/storage/planted.py",
        "import services.training.teaching.usecases",
    ),
    ("areas-have-layers", "assessment/bank/domain/planted.py", "import services.assessment.bank.storage"),
    ("areas-have-layers", "certificates/log/stray.py", ""),
    (
        "use-cases-are-independent",
        "certificates/standing/usecases/planted.py",
        "import services.certificates.standing.usecases.holds",
    ),
    ("services-are-independent", "training/teaching/usecases/planted.py", "import services.assessment.names"),
    ("kit-has-layers", "kit/storage/planted.py", "import services.kit.rpc"),
    ("kit-has-layers", "kit/rpc/planted.py", "import services.kit.work"),
    ("kit-has-layers", "kit/values/planted.py", "import services.kit.clock"),
    ("kit-has-layers", "kit/http/planted.py", "import services.kit.runtime"),
    ("kit-has-layers", "kit/config/planted.py", "import services.kit.process"),
    ("kit-has-layers", "kit/stray.py", ""),
    ("kit-knows-no-service", "kit/rpc/planted.py", "import services.training.names"),
    ("kit-knows-no-service", "kit/rpc/planted.py", "import services.vocabulary.level"),
    ("kit-knows-no-service", "kit/rpc/planted.py", "from shuzheng.training.v1 import events_pb2"),
    ("domains-are-pure", "training/teaching/domain/planted.py", "import random"),
    ("domains-are-pure", "training/completion/domain/planted.py", "import sqlalchemy"),
    ("domains-are-pure", "assessment/bank/domain/planted.py", "from sqlmodel import Field"),
    (
        "domains-are-pure",
        "certificates/document/domain/planted.py",
        "from services.kit.clock import SystemClock",
    ),
    (
        "only-rpc-and-events-speak-protobuf",
        "training/teaching/usecases/planted.py",
        "from google.protobuf import message",
    ),
    (
        "only-rpc-and-events-speak-protobuf",
        "training/register/storage/planted.py",
        "import shuzheng.type.v1.level_pb2",
    ),
    ("only-storage-speaks-sql", "training/teaching/usecases/planted.py", "from sqlmodel import select"),
    ("rooms-have-storeys", "portal.py", ""),
    ("rooms-have-storeys", "cli/planted.py", "import services.embedded.system"),
    ("rooms-have-storeys", "cli/planted.py", "import services.assessment.names"),
    ("rooms-have-storeys", "client/planted.py", "import services.cli.output"),
    ("rooms-have-storeys", "vocabulary/planted.py", "import services.client.catalog"),
    ("rooms-have-storeys", "kit/values/planted.py", "import services.verifier.offline"),
    ("clients-are-clients", "cli/planted.py", "import services.training.names"),
    ("clients-are-clients", "client/planted.py", "import services.assessment.reasons"),
    ("clients-are-clients", "embedded/demo/planted.py", "import services.certificates.reasons"),
    ("clients-are-clients", "cli/planted.py", "import services.kit.storage.store"),
    ("clients-are-clients", "client/planted.py", "import services.kit.rpc.server"),
    ("clients-are-clients", "client/planted.py", "import services.kit.config"),
    ("clients-are-clients", "embedded/demo/planted.py", "import services.kit.events.broker"),
    ("clients-are-clients", "embedded/demo/planted.py", "import services.embedded.system"),
    ("clients-are-clients", "cli/planted.py", "import services.vocabulary.rows"),
    ("client-is-for-clients", "training/register/rpc/planted.py", "import services.client.catalog"),
    ("command-line-is-a-face", "embedded/demo/planted.py", "import services.cli.output"),
    *(
        (
            f"use-cases-of-{service}-{area}",
            f"{service}/{other}/usecases/planted.py",
            f"import services.{service}.{area}.usecases",
        )
        for service, areas in AREAS.items()
        for area, other in zip(areas, (*areas[1:], areas[0]), strict=True)
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code and its contracts, to plant violations in."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / ".importlinter", folder)
    for tree in ("services", "gen"):
        shutil.copytree(ROOT / tree, folder / tree, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the import linter on the code in `folder`."""
    path = os.pathsep.join((str(folder), str(folder / "gen")))
    environment = os.environ | {"PYTHONPATH": path, "COLUMNS": "200"}
    return subprocess.run([LINT, *options], cwd=folder, env=environment, capture_output=True, text=True)


def test_the_code_keeps_every_contract(copy: Path):
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "place", "line"), VIOLATIONS)
def test_a_contract_catches_its_violation(copy: Path, contract: str, place: str, line: str):
    planted = copy / "services" / place
    planted.write_text(f'"""Planted."""\n\n{line}\n', "utf-8")
    try:
        done = lint(copy, "--contract", contract)
    finally:
        planted.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert Path(place).stem in done.stdout


def test_every_area_with_use_cases_keeps_them_to_itself():
    services = ROOT / "services"
    found = {(path.parts[-3], path.parts[-2]) for path in services.glob("*/*/usecases") if path.is_dir()}
    assert found == {(service, area) for service, areas in AREAS.items() for area in areas}


def test_every_face_is_held_to_be_a_client():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")

    def listed(contract: str, option: str) -> list[str]:
        return contracts[f"importlinter:contract:{contract}"][option].split()

    services = listed("services-have-storeys", "containers")
    (storey,) = (
        line
        for line in contracts["importlinter:contract:rooms-have-storeys"]["layers"].splitlines()
        if "training" in line
    )
    faces = {f"services.{room.strip()}" for room in storey.split("|")} - set(services)
    assert faces
    assert faces < set(listed("clients-are-clients", "source_modules"))
