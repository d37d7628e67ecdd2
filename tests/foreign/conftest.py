"""A stock of certificates that the real service issued, and the programs of other people that judge it."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from openvc.status import decode_bitstring
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1.certificate_paper_service_pb2 import GetCertificateDisclosureRequest
from shuzheng.certificates.v1.certificate_service_pb2 import RevokeCertificateRequest

from services.certificates.config import CertificatesConfig
from services.certificates.proofs import signing
from services.certificates.site.addresses import Addresses, Folders
from tests.service.certificates.conftest import World
from tests.support.clock import SettableClock
from tests.support.databases import Databases
from tests.support.exports import export, published_lists
from tests.support.services import open_on

FOLDER = Path(__file__).parent
PINNED = Path(signing.__file__).parent
OB_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
PINNED_FILES = {
    "https://www.w3.org/ns/credentials/v2": PINNED / "contexts" / "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": PINNED / "contexts" / "ob-3.0.3.json",
    OB_SCHEMA: PINNED / "schemas" / "ob-3.0-achievementcredential.json",
}
JSON = "application/json"
REGISTRY = "https://registry.example/registry.json"


@dataclass(frozen=True)
class Stock:
    """What was issued, as files; `revoked` is the number of the certificate that was revoked."""

    folder: Path
    now: datetime
    revoked: str

    @property
    def did(self) -> dict[str, Any]:
        """The issuer's DID document."""
        return dict(json.loads((self.folder / "did.json").read_text("utf-8")))

    @property
    def credentials(self) -> dict[str, str]:
        """Every certificate as it was handed out, by number."""
        return {
            file.stem: file.read_text("utf-8") for file in sorted((self.folder / "credentials").iterdir())
        }

    @property
    def good(self) -> dict[str, str]:
        """Those that were not revoked."""
        return {number: text for number, text in self.credentials.items() if number != self.revoked}

    @property
    def one(self) -> dict[str, Any]:
        """A good one, to be changed."""
        return dict(json.loads(next(iter(self.good.values()))))

    def twin(self, number: str) -> str:
        """The SD-JWT VC of a certificate."""
        return (self.folder / "twins" / number).read_text("utf-8")

    @property
    def files(self) -> dict[str, tuple[Path, str]]:
        """By address, with content type: what the issuer serves, contexts, schema, and a registry of issuers."""
        served = json.loads((self.folder / "served.json").read_text("utf-8"))
        others = PINNED_FILES | {REGISTRY: self.folder / "registry.json"}
        return {url: (Path(path), kind) for url, (path, kind) in served.items()} | {
            url: (path, JSON) for url, path in others.items()
        }


async def issue(databases: Databases, folder: Path) -> Stock:
    """Let the service issue certificates of both kinds, and revoke one."""
    clock = SettableClock()
    url = await databases.migrated("certificates")
    opened = await open_on("certificates", url, folder / "data", clock, status_interval=0.05)
    try:
        world = World(opened)
        await world.deliver(*map(world.result, range(3)), *map(world.completion, range(3, 6)))
        revoked, *_ = issued = await world.certificates()
        reason = pb.REVOCATION_REASON_FALSE_EVIDENCE
        await world.supervisor.RevokeCertificate(RevokeCertificateRequest(name=revoked.name, reason=reason))
        await revocation_published(world)
        await export(world, folder / "export")
        await put_beside(world, issued, folder / "export")
        serve(opened.service.config, folder / "export")
        return Stock(folder / "export", clock.now(), revoked.number)
    finally:
        await opened.close()


async def revocation_published(world: World) -> None:
    """Wait until a published list tells of the revocation."""
    async with asyncio.timeout(20):
        while not any(revocations(each.credential) for each in (await published_lists(world)).status_lists):
            await asyncio.sleep(0.05)


def revocations(credential: bytes) -> int:
    """How many bits of a list are set."""
    encoded = json.loads(credential)["credentialSubject"]["encodedList"]
    return sum(byte.bit_count() for byte in decode_bitstring(encoded))


async def put_beside(world: World, issued: Iterable[pb.Certificate], folder: Path) -> None:
    """Add what an export has not: the SD-JWT twins, and a registry that knows the issuer."""
    (folder / "twins").mkdir()
    for each in issued:
        request = GetCertificateDisclosureRequest(name=each.name)
        twin = (await world.supervisor.GetCertificateDisclosure(request)).content
        (folder / "twins" / each.number).write_bytes(twin)
    did = json.loads((folder / "did.json").read_bytes())["id"]
    entry = {"name": "示例", "url": "https://certificates.example", "location": "CN"}
    (folder / "registry.json").write_text(json.dumps({"registry": {did: entry}}), "utf-8")


def serve(config: CertificatesConfig, folder: Path) -> None:
    """Keep what the issuer's address answers for everything that a certificate and its DID point to."""
    addresses = Addresses(
        config.public_url, Folders(config.public_files, config.status_files, config.log_files)
    )
    document = json.loads(next((folder / "credentials").iterdir()).read_bytes())
    status = document["credentialStatus"]["statusListCredential"]
    wanted = (
        f"{config.public_url}/.well-known/did.json",
        document["credentialSchema"]["id"],
        status,
        f"{status}.jwt",
    )
    kept = {}
    for number, url in enumerate(wanted):
        found = addresses.find(urlsplit(url).path, JSON)
        assert found, url
        (folder / f"served{number}").write_bytes(found.content)
        kept[url] = str(folder / f"served{number}"), found.content_type
    (folder / "served.json").write_text(json.dumps(kept), "utf-8")


@pytest.fixture(scope="session")
def stock(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The stock, issued once a run."""
    return asyncio.run(issue(sqlite_databases, tmp_path_factory.mktemp("stock")))


Judge = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def judge(stock: Stock) -> Judge:
    """Give `judge(program, *cases, now=, files=)`: what a program beside this file says of each case.

    The program sees the files of the stock, with those of `files` instead (None: not there), and nothing else.
    """
    node = shutil.which("node")
    assert node, "these tests need Node 20 or newer (apt-get install nodejs)"
    assert (FOLDER / "node_modules").exists(), "the verifiers are not installed: run `make foreign`"

    def ask(program: str, *cases: Any, now: datetime = stock.now, files: Any = None) -> list[dict[str, Any]]:
        known = {url: found for url, found in (stock.files | (files or {})).items() if found}
        asked = [case if isinstance(case, dict) else {"text": case} for case in cases]
        given = json.dumps({"now": now.isoformat(), "files": known, "cases": asked}, default=str)
        command = [node, "--no-warnings", str(FOLDER / f"{program}.mjs")]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout.splitlines()[-1]))

    return ask
