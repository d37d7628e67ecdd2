"""`shuzheng up --http`: the embedded system serves its public files too, and costs nothing where it is not asked to."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest

from tests.support.places import ROOT


def start(folder, *arguments):
    command = [sys.executable, "-m", "services.embedded", "--data-dir", str(folder), "--json"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
    return subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def stopped(process):
    process.terminate()
    process.communicate(timeout=30)
    return process.returncode


def test_the_embedded_system_serves_its_public_files(tmp_path):
    process = start(tmp_path, "--http", "127.0.0.1:0")
    address = json.loads(process.stdout.readline())["http"]
    with urllib.request.urlopen(f"http://{address}/.well-known/did.json", timeout=20) as answer:
        assert json.load(answer)["id"] == "did:web:certificates.example"
    with urllib.request.urlopen(f"http://{address}/verify", timeout=20) as answer:
        assert b"did:web:certificates.example#" in answer.read()
    assert stopped(process) == 0


UNASKED = """
import asyncio, sys, pathlib
from services.embedded import system

async def main():
    running = await system.open(pathlib.Path(sys.argv[1]))
    print("services.certificates.wiring" in sys.modules, {"starlette", "uvicorn"} & set(sys.modules))
    await running.stop()

asyncio.run(main())
"""


def test_nothing_of_it_is_loaded_unasked(tmp_path):
    command = [sys.executable, "-c", UNASKED, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert "True set()" in done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("listen", ["8080", "127.0.0.1:99999", "203.0.113.1:8080"])
def test_an_address_that_cannot_be_had_is_told_and_nothing_stays_running(tmp_path, listen):
    process = start(tmp_path, "--http", listen)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"cannot be served on {listen}" in said
    assert not (tmp_path / "endpoints.json").exists()
