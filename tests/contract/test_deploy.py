"""What deploy/ says can be parsed, and the files, modules and settings that it names exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from services.certificates.config import SiteConfig
from services.kit.config import Unusable
from services.processes import SERVICES, TABLE, load
from tests.support.places import ROOT
from tests.support.postgres import PostgresServer

DEPLOY = ROOT / "deploy"
NATS = Path(sys.executable).with_name("nats-server")
FILLED_BY_OPERATOR = {"./secrets", "./certificate-keys"}
MANIFESTS = sorted(DEPLOY.rglob("*.yaml"))
TEXTS = {path: path.read_text("utf-8") for path in sorted(DEPLOY.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
def test_a_manifest_is_yaml(manifest: Path):
    documents = list(yaml.safe_load_all(TEXTS[manifest]))
    assert documents
    assert all(isinstance(document, dict) for document in documents)


def folders(path: str) -> set[str]:
    """Return a path and the folders that it is in."""
    parts = path.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}


def test_compose_mounts_files_that_exist():
    compose = yaml.safe_load(TEXTS[DEPLOY / "compose.yaml"])
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    ours = {path for path in mounted if path.startswith("./") and not FILLED_BY_OPERATOR & folders(path)}
    assert not [path for path in ours if not (DEPLOY / path).exists()]


def test_every_command_starts_a_process_that_exists():
    named = {name for text in TEXTS.values() for name in re.findall(r"\[run, ([\w.]+)\]", text)}
    assert named == {*SERVICES, "certificates.site", "training.worker", "assessment.worker"}
    assert named <= set(TABLE)
    assert not [path for path, text in TEXTS.items() if re.search(r"-m\W+services\.(?!cli)", text)]


def test_every_worker_is_started_in_both_places():
    named = {name for name in TABLE if name.endswith(".worker")}
    assert named == {"training.worker", "assessment.worker"}
    for file in ("compose.yaml", "k8s/workers.yaml"):
        assert set(re.findall(r"\[run, (\w+\.worker)\]", TEXTS[DEPLOY / file])) == named, file


def test_every_setting_in_an_environment_exists():
    named = {name for text in TEXTS.values() for name in re.findall(r"SHUZHENG_[A-Z_]+[A-Z]", text)}
    known = {
        f"SHUZHENG_{entry.service}_{field}".upper()
        for entry in TABLE.values()
        for field in entry.model().model_fields
    }
    assert named - known - {"SHUZHENG_CONFIG"} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_settings_file_lacks_only_the_secrets(service: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHUZHENG_CONFIG", str(DEPLOY / "shuzheng.toml"))
    config = TABLE[service].model()(database_url="postgresql://host/database")
    assert config.mode == "production"
    assert config.problems()
    lacking = {problem.partition(":")[0] for problem in config.problems()}
    assert all(setting.endswith(("_file", "_keys_dir")) for setting in lacking), config.problems()


@pytest.mark.parametrize("process", TABLE)
def test_nothing_in_the_settings_file_is_unknown(process: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHUZHENG_CONFIG", str(DEPLOY / "shuzheng.toml"))
    with pytest.raises(Unusable) as refused:
        load(process)
    assert not [problem for problem in refused.value.problems if "no such" in problem]


def test_the_public_files_need_nothing_that_the_settings_file_does_not_tell(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHUZHENG_CONFIG", str(DEPLOY / "shuzheng.toml"))
    config = SiteConfig()
    assert {problem.partition(":")[0] for problem in config.problems()} == {"tls_cert_file", "tls_key_file"}
    assert all(folder.is_relative_to("/var/lib/shuzheng") for folder in config.folders)


def test_the_process_of_the_public_files_is_given_no_key_and_no_secret():
    service = yaml.safe_load(TEXTS[DEPLOY / "compose.yaml"])["services"]["files"]
    assert not [v for v in service["volumes"] if v.startswith(("./secrets:", "./certificate-keys"))]
    deployment, *_ = yaml.safe_load_all(TEXTS[DEPLOY / "k8s" / "files.yaml"])
    volumes = {v["name"]: v for v in deployment["spec"]["template"]["spec"]["volumes"]}
    assert [item["key"] for item in volumes.pop("tls")["secret"]["items"]] == ["tls.crt", "tls.key"]
    assert not [volume for volume in volumes.values() if "secret" in volume]


def test_nats_accepts_its_configuration():
    command = [NATS, "-t", "-c", DEPLOY / "nats.conf"]
    done = subprocess.run(
        command, env=os.environ | {"NATS_PASSWORD": "secret"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.postgres
def test_each_service_can_open_its_own_database_only(postgres_server: PostgresServer):
    environment = os.environ | {
        "PATH": f"{postgres_server.binaries}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres_server.port),
        "POSTGRES_SERVICE_PASSWORD": "it's a secret",
    }
    script = DEPLOY / "postgres" / "init.sh"
    done = subprocess.run([script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    may = "SELECT has_database_privilege('training', 'assessment', 'CONNECT')"
    assert postgres_server.sql(may) == "f"
    assert postgres_server.sql(may.replace("'assessment'", "'training'")) == "t"
