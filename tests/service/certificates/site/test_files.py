"""The public files over real HTTP: everything that documents point to is there, and nothing else is."""

import asyncio
import http.client
import json
import re
import subprocess
import sys
import urllib.parse
from base64 import b64encode
from hashlib import sha256, sha384
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from shuzheng.certificates.v1 import verification_report_service_pb2 as reports
from shuzheng.certificates.v1 import verification_service_pb2 as verification
from shuzheng.certificates.v1.certificate_service_pb2 import GetCertificateDocumentRequest
from shuzheng.certificates.v1.verification_report_service_pb2_grpc import VerificationReportServiceStub

from services.certificates.config import SiteConfig
from services.certificates.site import server
from services.certificates.standing.lists.credential import TTL
from tests.support import transparency

ROOT = Path(__file__).resolve().parents[4]
FOREVER = "public, max-age=31536000, immutable"
LEAVES = 300  # more than one full tile


class Site:
    """One connection to the server; paths go out exactly as they are given."""

    def __init__(self, address):
        self.address = address

    async def ask(self, path, method="GET", **headers):
        return await asyncio.to_thread(self._ask, method, path, headers)

    def _ask(self, method, path, headers):
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    async def get(self, path, **headers):
        status, told, content = await self.ask(path, **headers)
        assert status == 200, (path, status)
        return told, content


def path_of(url):
    """The path of an address that a document names."""
    return urllib.parse.urlsplit(url).path


async def serve(world, public_url):
    folder = world.service.config.data_dir
    return await server.open(SiteConfig(data_dir=folder, public_url=public_url, files_listen="127.0.0.1:0"))


@pytest.fixture
async def document(world):
    """A certificate as it was handed out, once its list and its log are published."""
    await world.deliver(world.completion(LEAVES))
    first = await world.certificate()
    await published(world, 2)  # it, and its status list
    request = GetCertificateDocumentRequest(name=first.name)
    return json.loads((await world.supervisor.GetCertificateDocument(request)).content)


async def published(world, size):
    """Wait until the log has grown so far and a status list has been written."""
    log = world.service.config.log_files / "2026" / "checkpoint"
    async with asyncio.timeout(30):
        while not (log.exists() and int(log.read_text("utf-8").split("\n")[1]) >= size):
            await asyncio.sleep(0.02)
        while not list(world.service.config.status_files.glob("*.jwt")):
            await asyncio.sleep(0.02)


@pytest.fixture
async def site(world, document):
    running = await serve(world, world.service.config.public_url)
    yield Site(running.address)
    await running.stop()


async def test_all_that_a_certificate_points_to_is_there(world, document, site):
    headers, did = await site.get("/.well-known/did.json")
    assert did == (await world.public.GetDidDocument(verification.GetDidDocumentRequest())).content
    assert headers["content-type"] == "application/did+ld+json"
    proofs = {proof["verificationMethod"] for proof in document["proof"]}
    assert proofs <= set(json.loads(did)["assertionMethod"])

    headers, content = await site.get(path_of(document["credentialStatus"]["statusListCredential"]))
    assert json.loads(content)["id"] == document["credentialStatus"]["statusListCredential"]
    assert headers["content-type"] == "application/vc"
    assert headers["cache-control"] == f"public, max-age={TTL}"

    headers, token = await site.get(path_of(document["credentialStatus"]["statusListCredential"]) + ".jwt")
    assert headers["content-type"] == "application/statuslist+jwt"
    assert token.count(b".") == 2

    schema = document["credentialSchema"]
    headers, content = await site.get(path_of(schema["id"]))
    assert f"sha384-{b64encode(sha384(content).digest()).decode()}" == schema["digestSRI"]
    assert headers["content-type"] == "application/schema+json"
    assert headers["cache-control"] == FOREVER


async def test_the_keys_of_reports_are_there(world, site):
    stub = world.opened.stub(VerificationReportServiceStub)
    answer = await stub.GetReportDidDocument(reports.GetReportDidDocumentRequest())
    assert (await site.get("/reports/did.json"))[1] == answer.content


async def test_a_status_list_goes_out_under_the_name_that_a_client_asks_for(document, site):
    path = path_of(document["credentialStatus"]["statusListCredential"])
    asked = {
        "*/*": "application/vc",
        "application/vc, application/json": "application/vc",
        "application/ld+json, application/json, */*": "application/ld+json",
    }
    tags = set()
    for accept, expected in asked.items():
        headers, _ = await site.get(path, Accept=accept)
        assert (headers["content-type"], headers["vary"]) == (expected, "Accept")
        tags.add(headers["etag"])
    assert len(tags) == 2


async def test_the_root_of_the_log_follows_from_its_tiles_over_http(world, site):
    await world.deliver_together(*(world.completion(number) for number in range(LEAVES)))
    await world.certificates()
    await published(world, LEAVES)
    headers, checkpoint = await site.get("/log/2026/checkpoint")
    assert headers["cache-control"] == "public, max-age=2"
    assert headers["content-type"] == "text/plain; charset=utf-8"
    origin, size, root = checkpoint.decode().split("\n")[:3]
    assert origin == "certificates.example/log/2026"
    leaves = await entries(site, int(size))
    assert b64encode(transparency.mth(leaves)).decode() == root
    leaves[17] = leaves[17].replace(b'"v":"1"', b'"v":"2"')
    assert b64encode(transparency.mth(leaves)).decode() != root
    assert (await site.get("/log/2026/vkeys"))[1].startswith(origin.encode())


async def entries(site, size):
    """Read all entries as a stranger does who knows the specification of tlog-tiles alone."""
    found = []
    for index in range(-(-size // 256)):
        width = min(256, size - index * 256)
        path = f"/log/2026/tile/entries/{index:03d}" + (f".p/{width}" if width < 256 else "")
        headers, content = await site.get(path)
        assert (headers["cache-control"] == FOREVER) == (width == 256)
        assert headers["content-type"] == "application/octet-stream"
        while content:
            length = int.from_bytes(content[:2], "big")
            found.append(content[2 : 2 + length])
            content = content[2 + length :]
    headers, hashes = await site.get("/log/2026/tile/0/000")
    assert headers["cache-control"] == FOREVER
    assert hashes == b"".join(sha256(b"\0" + entry).digest() for entry in found[:256])
    return found


async def test_the_verify_page_knows_the_keys_and_may_run_its_own_scripts_only(site):
    headers, content = await site.get("/v")  # where QR codes lead
    assert content == (await site.get("/verify"))[1]
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "access-control-allow-origin" not in headers
    text = content.decode()
    keys = json.loads(re.search(r'<script id="pinned"[^>]*>(.*?)</script>', text, re.DOTALL)[1])
    assert keys == [json.loads((await site.get("/.well-known/did.json"))[1])]
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'none'"
    scripts = [s for a, s in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL) if "json" not in a]
    assert policy["script-src"].split() == [hash_source(script) for script in scripts]
    assert policy["style-src"].split() == [
        hash_source(s) for s in re.findall(r"<style>(.*?)</style>", text, re.S)
    ]
    assert "unsafe" not in str(policy)
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", text.partition("<script")[0])


def hash_source(text):
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


async def test_what_a_client_has_already_is_not_sent_again(document, site):
    for path in ("/.well-known/did.json", "/schemas/certificate-1", "/log/2026/vkeys", "/verify"):
        headers, content = await site.get(path)
        for known in (headers["etag"], f"W/{headers['etag']}", f'"x", {headers["etag"]}', "*"):
            status, told, nothing = await site.ask(path, If_None_Match=known)
            assert (status, nothing, told["etag"]) == (304, b"", headers["etag"])
            assert told["cache-control"] == headers["cache-control"]
        assert (await site.ask(path, If_None_Match='"other"'))[::2] == (200, content)


async def test_head_tells_what_get_would(site):
    for path in ("/.well-known/did.json", "/log/2026/checkpoint"):
        headers, content = await site.get(path)
        status, told, nothing = await site.ask(path, "HEAD")
        assert (status, nothing) == (200, b"")
        assert told["content-length"] == str(len(content))
        assert told["etag"] == headers["etag"]
    assert (await site.ask("/nothing", "HEAD"))[0] == 404


async def test_nothing_but_get_and_head_is_answered(site):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        status, headers, _ = await site.ask("/.well-known/did.json", method)
        assert status == 405, method
        assert set(headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_every_answer_tells_browsers_not_to_guess(site):
    for path in ("/.well-known/did.json", "/verify", "/log/2026/checkpoint", "/nothing", "/log/", "/"):
        _, headers, _ = await site.ask(path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
        assert (headers.get("access-control-allow-origin") == "*") == (path != "/verify")


WAYS_OUT = [
    "/", "/log", "/log/", "/log/2026", "/log/2026/", "/log/2026/tile", "/log/2026/tile/0/", "/status/",
    "/reports/", "/public/did.json", "/did.json", "/certificates.db", "/keys/jwks.json", "/log/2026/.lock",
    "/status/.lock", "/status/..", "/log/2026/../../certificates.db", "/log/../keys/jwks.json",
    "/log/2026/%2e%2e/%2e%2e/certificates.db", "/status/%2e%2e/keys/jwks.json", "/status/..%2fkeys%2fjwks.json",
    "/status/%252e%252e%252fcertificates.db", "/status/..\\certificates.db", "//etc/passwd", "/log//etc/passwd",
    "/status//etc/passwd", "/log/2026/checkpoint%00", "/log/2026/checkpoint/", "/status/1%0a", "/LOG/2026/checkpoint",
    "/log/2026/tile/0/..%2f..%2fcheckpoint", "/schemas/certificate-2", "/schemas/", "/c/DE2600000000000000",
    "/log/2026/%63heckpoint%2f..%2fvkeys", "/.well-known/", "/.well-known/../keys/vault.hex", "/%ff%fe", "/s/x",
]  # fmt: skip


async def test_nothing_else_is_there(site):
    for path in WAYS_OUT:
        status, headers, content = await site.ask(path)
        assert (status, content) == (404, b"404 Not Found\n"), path
        assert headers["cache-control"] == "no-store"


async def test_without_the_list_of_addresses_the_same_paths_would_lead_out(world, site):
    """The negative control: a folder served as it is gives away what the paths above ask for."""
    folder = world.service.config.status_files
    inside = [path for path in WAYS_OUT if path.startswith("/status/")]
    naive = [folder / urllib.parse.unquote(path.removeprefix("/status/")) for path in inside]
    assert any(file.is_file() and file.resolve().parent != folder.resolve() for file in naive)


async def test_a_link_that_leads_out_is_not_followed_and_one_that_stays_is(world, site):
    folder = world.service.config.status_files
    (folder / "inside").symlink_to(next(folder.glob("*.jwt")).resolve())
    (folder / "outside").symlink_to(world.service.config.jwks.resolve())
    (folder / "circle").symlink_to(folder / "circle")
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "folder").mkdir()
    assert (await site.ask("/status/inside"))[0] == 200
    for name in ("outside", "circle", "gone", "folder"):
        assert (await site.ask(f"/status/{name}"))[0] == 404


async def test_a_changed_document_is_served_at_once(world, site):
    before = json.loads((await site.get("/.well-known/did.json"))[1])
    path = world.service.config.public_files / "did.json"
    changed = before | {"alsoKnownAs": ["https://new.example"]}
    path.write_text(json.dumps(changed), "utf-8")
    assert json.loads((await site.get("/.well-known/did.json"))[1]) == changed
    assert "https://new.example" in (await site.get("/verify"))[1].decode()


async def test_the_issuer_may_live_below_a_path(world, document):
    running = await serve(world, "https://host.example/a/b")
    site = Site(running.address)
    for path in ("did.json", "reports/did.json", "schemas/certificate-1", "log/2026/checkpoint", "verify"):
        await site.get(f"/a/b/{path}")
        assert (await site.ask(f"/{path}"))[0] == 404
    assert (await site.ask("/.well-known/did.json"))[0] == (await site.ask("/a/bdid.json"))[0] == 404
    await running.stop()


async def test_a_new_key_is_published_at_the_next_start(world, world_of, open_service, site):
    old = json.loads((await site.get("/.well-known/did.json"))[1])
    keys = world.service.config.signing_keys
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (keys / "issuer-20990101.pem").write_bytes(pem)
    (keys / "issuer-20990101.pem").chmod(0o600)
    await open_service("certificates", listen="127.0.0.1:0")
    new = json.loads((await site.get("/.well-known/did.json"))[1])
    assert set(new["assertionMethod"]) - set(old["assertionMethod"]) == {f"{new['id']}#issuer-20990101"}


def test_a_process_of_its_own_serves_and_stops_in_order(tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "did.json").write_text("{}")
    environment = {
        "SHUZHENG_CERTIFICATES_DATA_DIR": str(tmp_path),
        "SHUZHENG_CERTIFICATES_FILES_LISTEN": "127.0.0.1:0",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
    }
    command = [sys.executable, "-m", "services.processes", "certificates.site"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline()
        address = ready.split()[-1]
        status, _, content = Site(address)._ask("GET", "/.well-known/did.json", {})
        assert (status, content) == (200, b"{}")
        process.terminate()
        assert process.wait(20) == 0
    assert not list(tmp_path.rglob("*.pem")) + list(tmp_path.rglob("*.db"))


def test_production_names_what_is_missing(tmp_path):
    environment = {"SHUZHENG_CERTIFICATES_MODE": "production", "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
    environment |= {"SHUZHENG_CERTIFICATES_TLS_CERT_FILE": str(tmp_path / "none")}
    command = [sys.executable, "-m", "services.processes", "certificates.site"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 78
    for said in ("public_url", "tls_cert_file", "both or none"):
        assert said in done.stderr


def test_the_certificates_service_does_not_need_the_extra():
    script = "import sys, services.certificates.wiring; print({'starlette', 'uvicorn'} & set(sys.modules))"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "set()\n", done.stderr
