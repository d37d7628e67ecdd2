"""`shuzheng run NAME`: every process of the table starts, or says in one sentence why it does not."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from services.certificates.config import DEVELOPMENT_URL
from services.certificates.proofs.signing.did import did_document, did_of
from services.processes import SERVICES, TABLE
from tests.support.places import ROOT

PLACE = {"certificates.site": "FILES_LISTEN"}
WORKERS = [name for name in TABLE if name.endswith(".worker")]
LISTENING = [name for name in TABLE if name not in WORKERS]
WRITING = [name for name in TABLE if name != "certificates.site"]
CODE = [f"services.{service}" for service in SERVICES]


@pytest.fixture
def start(tmp_path):
    """Start a process by the command line; what is still running at the end is ended."""
    running = []
    document = tmp_path / "did.json"
    did = did_of(DEVELOPMENT_URL)
    document.write_bytes(did_document(did, {f"{did}#key": b"\x01" * 32}))

    def one(name, *options, data_dir=tmp_path / "data", listen="127.0.0.1:0", **settings):
        settings |= {"data_dir": data_dir, PLACE.get(name, "LISTEN"): listen}
        settings |= {"did_document_file": document} if name == "certificates.verification" else {}
        prefix = f"SHUZHENG_{TABLE[name].service}_"
        environment = {f"{prefix}{setting}".upper(): str(value) for setting, value in settings.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "run", name, *options],
            cwd=ROOT, env=os.environ | environment | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        return process

    yield one
    for process in running:
        process.kill()
        process.communicate()


def refused(process, code):
    """Return the one sentence that a process ends with."""
    told, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert told == ""
    return said


@pytest.mark.parametrize("name", LISTENING)
def test_it_says_where_it_listens_and_stops_in_order(start, name):
    process = start(name)
    ready = process.stdout.readline()
    assert ready.startswith(f"{name} listening on 127.0.0.1:"), process.communicate()
    with socket.create_connection(("127.0.0.1", int(ready.rpartition(":")[2])), 10):
        pass
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_says_what_wakes_it_and_stops_in_order(start, name):
    process = start(name)
    assert process.stdout.readline() == f"{name} listening on work.{TABLE[name].service}\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.mark.parametrize("name", LISTENING)
def test_a_taken_port_is_one_sentence(start, name):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = refused(start(name, listen=address), 1)
    assert said.startswith(f"{name}: cannot start: ")
    assert said.count("\n") == 1
    assert address.rpartition(":")[2] in said


@pytest.mark.parametrize("name", WRITING)
def test_a_folder_that_cannot_be_written_is_one_sentence(start, name, tmp_path):
    (tmp_path / "file").touch()
    said = refused(start(name, data_dir=tmp_path / "file"), 1)
    assert said.startswith(f"{name}: ")
    assert (said.count("\n"), str(tmp_path / "file") in said) == (1, True)


def test_a_database_that_cannot_be_reached_is_named_without_its_password(start):
    said = refused(start("training", database_url="postgresql://user:hidden@127.0.0.1:1/training"), 1)
    assert said.startswith("training: the database postgresql://user:***@127.0.0.1:1/training cannot be used")
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", TABLE)
def test_settings_that_are_wrong_or_unknown_are_listed_at_once(start, name):
    said = refused(start(name, grace=-1, log_levle="info"), 78)
    prefix = f"SHUZHENG_{TABLE[name].service.upper()}"
    assert said.startswith(f"{name}: the configuration cannot be used:\n  - grace: ")
    assert f"{prefix}_LOG_LEVLE: there is no such setting; did you mean {prefix}_LOG_LEVEL?" in said


def test_settings_can_be_checked_without_a_start(start, tmp_path):
    process = start("training", "--check-config")
    assert process.communicate(timeout=60)[0] == "training: the configuration can be used\n"
    assert not (tmp_path / "data").exists()


def test_the_help_lists_every_process():
    done = run("-m", "services.cli", "run", "--help")
    assert [name for name in TABLE if f"  {name} " not in done.stdout] == []
    assert run("-m", "services.cli", "run", "nothing").returncode == 2


def run(*arguments):
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


WITHOUT = (
    "import sys; sys.modules[{!r}] = None; from services import processes; sys.exit(processes.start({!r}))"
)


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_missing_extra_is_one_sentence(package):
    done = run("-c", WITHOUT.format(package, "certificates.site"))
    assert done.returncode == 78
    assert done.stderr == (
        f"certificates.site: {package} is not installed; pip install 'shuzheng[http]' brings it\n"
    )


def test_a_missing_extra_of_telemetry_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("SHUZHENG_TRAINING_OTLP_ENDPOINT", "127.0.0.1:1")
    monkeypatch.setenv("SHUZHENG_TRAINING_DATA_DIR", str(tmp_path))
    done = run("-c", WITHOUT.format("prometheus_client", "training"))
    assert (done.returncode, "pip install 'shuzheng[telemetry]'" in done.stderr) == (78, True)


LOADED = (
    "import sys; from services.processes import TABLE; entry = TABLE[{!r}]; entry.model(); entry.open(); "
    "print(*sorted(sys.modules))"
)


@pytest.mark.parametrize("name", TABLE)
def test_starting_one_loads_only_its_own_code(name):
    loaded = set(run("-c", LOADED.format(name)).stdout.split())
    own = f"services.{TABLE[name].service}"
    assert own in loaded
    assert not [code for code in CODE if code in loaded and code != own]
    assert {"starlette", "uvicorn"} & loaded == (
        {"starlette", "uvicorn"} if name == "certificates.site" else set()
    )
    if name == "certificates.site":
        assert not {"grpc", "sqlalchemy", "nats"} & loaded
