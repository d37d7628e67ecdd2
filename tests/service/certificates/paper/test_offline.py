"""`shuzheng verify FILE` on what a running service hands out, and the page in a real browser where there is one."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from shuzheng.certificates.v1 import certificate_service_pb2 as messages
from shuzheng.certificates.v1.certificate_paper_service_pb2 import GetCertificatePaperRequest
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest

from services.certificates.log.ledger.note import ED25519, key_from
from services.verifier import offline
from tests.support.pictures import gray_pgm

ROOT = Path(__file__).resolve().parents[4]
AT = ("--at", "2030-01-01T00:00:00Z")  # after the clock of the tests, wherever they run
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def shuzheng(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}", "SHUZHENG_LANG": "zh"}
    command = [sys.executable, "-m", "services.cli", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
async def handed_out(world, tmp_path) -> Path:
    """A folder with did.json, credential.json and page.pdf of one certificate."""
    await world.deliver(world.result(1))
    certificate, staff = await world.certificate(), world.supervisor
    document = messages.GetCertificateDocumentRequest(name=certificate.name)
    paper = GetCertificatePaperRequest(name=certificate.name)
    did = await world.public.GetDidDocument(GetDidDocumentRequest())
    (tmp_path / "did.json").write_bytes(did.content)
    (tmp_path / "credential.json").write_bytes((await staff.GetCertificateDocument(document)).content)
    (tmp_path / "page.pdf").write_bytes((await staff.GetCertificatePaper(paper)).content)
    (tmp_path / "name").write_text(certificate.holder_name, "utf-8")
    return tmp_path


def vkeys(file: Path) -> list[str]:
    """The verifier keys that a file of the log's keys lists."""
    lines = file.read_text("utf-8", "replace").splitlines()
    return [line for line in lines if line.count("+") >= 2 and line.startswith("certificates.example/")]


def scanned(folder: Path) -> str:
    """The text of the code on the page, as a phone reads it."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    subprocess.run(["pdftoppm", "-gray", "-r", "200", "page.pdf", "drawn"], cwd=folder, check=True)
    (drawn,) = folder.glob("drawn*.pgm")
    (code,) = zxingcpp.read_barcodes(gray_pgm(drawn.read_bytes()).view())
    return str(code.text)


def test_documents_and_pages_verify_offline_and_say_what_they_cannot(handed_out):
    for file in ("credential.json", "page.pdf"):
        told = shuzheng("verify", file, "--keys", "did.json", *AT, "--json", folder=handed_out)
        answer = json.loads(told.stdout)
        assert (told.returncode, answer["outcome"]) == (6, "INDETERMINATE"), told
        assert {s["name"]: s["result"] for s in answer["steps"]}["STATUS"] == "NOT_CHECKED"


def test_a_scanned_code_verifies_offline_and_its_name_is_compared(handed_out):
    (handed_out / "code.txt").write_text(scanned(handed_out))
    name = (handed_out / "name").read_text("utf-8")
    good = shuzheng("verify", "code.txt", "--keys", "did.json", *AT, "--name", name, folder=handed_out)
    assert (good.returncode, good.stdout.split()[0]) == (6, "INDETERMINATE"), good
    wrong = shuzheng("verify", "code.txt", "--keys", "did.json", *AT, "--name", "另一个人", folder=handed_out)
    assert (wrong.returncode, wrong.stdout.split()[0]) == (1, "NOT_FOUND_OR_NAME_MISMATCH")


def test_an_altered_file_and_unusable_keys_are_refused(handed_out):
    altered = (handed_out / "credential.json").read_bytes().replace(b'"validFrom":"2', b'"validFrom":"1')
    (handed_out / "altered.json").write_bytes(altered)
    told = shuzheng("verify", "altered.json", "--keys", "did.json", folder=handed_out)
    assert (told.returncode, told.stdout.split()[0]) == (1, "BAD_SIGNATURE")
    assert shuzheng("verify", "page.pdf", "--keys", "credential.json", folder=handed_out).returncode == 2


@pytest.mark.skipif(
    BROWSER is None, reason="no Chromium is installed; the page's script is tested under Node"
)
def test_the_page_verifies_a_scanned_code_in_a_browser(handed_out):
    assert shuzheng("verifier", "site", "--keys", "did.json", folder=handed_out).returncode == 0
    fragment = scanned(handed_out).rpartition("#")[2]
    for part, outcome in ((fragment, "INDETERMINATE"), (fragment[:-9] + "123456789", "BAD_SIGNATURE")):
        assert shown(handed_out, part) == outcome


def shown(folder: Path, fragment: str) -> str:
    """The outcome that the page shows for the fragment of its address."""
    command = [
        str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'browser'}",
        "--virtual-time-budget=5000", "--dump-dom", f"{(folder / 'site' / 'index.html').as_uri()}#{fragment}",
    ]  # fmt: skip
    seen = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r'id="outcome"[^>]*class="(\w+)"', seen)
    return found[1] if found else seen[-500:]


async def test_a_page_with_evidence_shows_its_place_in_the_log(world, handed_out):
    certificate = await world.certificate()
    wanted = GetCertificatePaperRequest(name=certificate.name, evidence=True)
    async with asyncio.timeout(20):  # the leaf is published in the background
        while b"tlog-proof" not in (paper := (await world.supervisor.GetCertificatePaper(wanted)).content):
            await asyncio.sleep(0.1)
    (handed_out / "evidence.pdf").write_bytes(paper)
    published = [line for file in world.service.config.log_keys.glob("*") for line in vkeys(file)]
    (vkey,) = [key.vkey for key in map(key_from, published) if key.kind == ED25519]
    words = ("verify", "evidence.pdf", "--keys", "did.json", "--log-key", vkey, *AT, "--json")
    answer = json.loads(shuzheng(*words, folder=handed_out).stdout)
    assert {step["name"]: step["result"] for step in answer["steps"]}["LOG"] == "OK", answer


async def test_a_page_with_stapled_status_is_valid_until_the_list_ends_and_then_cannot_tell(
    world, handed_out
):
    certificate = await world.certificate()
    wanted = GetCertificatePaperRequest(name=certificate.name, evidence=True)
    async with asyncio.timeout(20):  # the list is published in the background
        while not stapled(paper := (await world.supervisor.GetCertificatePaper(wanted)).content):
            await asyncio.sleep(0.1)
    (handed_out / "stapled.pdf").write_bytes(paper)
    for moment, code, outcome in (("validFrom", 0, "VALID"), ("validUntil", 6, "INDETERMINATE")):
        at = ("--at", stapled(paper)[0][moment])
        told = shuzheng("verify", "stapled.pdf", "--keys", "did.json", *at, "--json", folder=handed_out)
        assert (told.returncode, json.loads(told.stdout)["outcome"]) == (code, outcome), told


def stapled(paper: bytes) -> list[dict]:
    """The status lists that a page carries."""
    return [
        json.loads(file) for file in offline.embedded(paper) if b'"BitstringStatusListCredential"' in file
    ]
