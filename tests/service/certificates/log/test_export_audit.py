"""An export and its audit: what was written is found right, and every later change is found."""

import json
import shutil
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha384

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from shuzheng.certificates.v1 import log_service_pb2 as log
from shuzheng.certificates.v1.log_service_pb2_grpc import LogServiceStub

from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.did import did_document
from services.certificates.proofs.signing.signer import FileSigner
from services.verifier import audit
from tests.support.exports import export


def problems(folder, **options):
    return audit.examine(folder, [folder / "did.json"], **options).problems


@pytest.fixture
async def exported(world, tmp_path):
    await world.deliver(*(world.completion(number) for number in range(5)))
    await world.certificates()
    return await export(world, tmp_path / "export")


async def test_an_export_is_right_and_complete(exported):
    found = audit.examine(exported, [exported / "did.json"])
    assert found.problems == []
    assert found.certificates == 5
    (about,) = found.logs.values()
    assert about["leaves"]["issue"] == 5
    assert {file.name for file in exported.iterdir()} == {
        "credentials",
        "did.json",
        "log",
        "manifest.json",
        "openings",
        "reports",
        "schemas",
        "status",
    }


async def test_the_schema_of_an_export_is_that_which_its_certificates_name(exported):
    (file,) = (exported / "schemas").iterdir()
    digest = f"sha384-{b64encode(sha384(file.read_bytes()).digest()).decode()}"
    for path in (exported / "credentials").iterdir():
        named = json.loads(path.read_bytes())["credentialSchema"]
        assert named["digestSRI"] == digest
        assert named["id"].endswith(f"/schemas/{file.stem}")


async def test_a_changed_missing_renamed_or_foreign_certificate_is_found(exported):
    first, second, third, *_ = sorted((exported / "credentials").iterdir())
    document = json.loads(first.read_bytes())
    document["credentialSubject"]["achievement"]["name"] = "高级证书"
    first.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    second.rename(second.with_name("DE2600000000000000.json"))
    third.unlink()
    found = " ".join(problems(exported))
    for told in (
        f"{first.name}: BAD_SIGNATURE",
        "DE2600000000000000.json: the document is of",
        "5 certificates were",
    ):
        assert told in found


async def test_an_added_certificate_without_a_leaf_is_found(world, exported, tmp_path):
    await world.deliver(world.completion(9))
    await world.certificates()
    later = await export(world, tmp_path / "later")
    new = {file.name for file in (later / "credentials").iterdir()} - {
        file.name for file in (exported / "credentials").iterdir()
    }
    (added,) = new
    shutil.copy(later / "credentials" / added, exported / "credentials")
    (exported / "manifest.json").write_text('{"certificates": 6}')
    found = [f"openings/credentials/{added}: is missing", "log: 5 issue leaves for 6 certificates"]
    assert problems(exported) == found
    shutil.copy(later / "openings" / "credentials" / added, exported / "openings" / "credentials")
    first, second = problems(exported)
    assert first.startswith(f"openings/credentials/{added}: no leaf certificates.example/log/2026#")
    assert second == found[1]


@pytest.mark.parametrize("kind", ["entries", "checkpoint", "vkeys"])
async def test_a_changed_log_is_found(exported, kind):
    (year,) = (exported / "log").iterdir()
    size = (year / "checkpoint").read_text("utf-8").split("\n")[1]
    file = year / "tile" / "entries" / "000.p" / size if kind == "entries" else year / kind
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes(content)
    assert any(problem.startswith(f"log/{year.name}") for problem in problems(exported))


@pytest.mark.parametrize(
    "key", ["", "{origin}", "{origin}+00000000+", "{origin}+00000000+AQ==", "{origin}+00+%", "\ud800"]
)
async def test_keys_that_are_none_are_found(exported, key):
    (year,) = (exported / "log").iterdir()
    origin = (year / "checkpoint").read_text("utf-8").split("\n")[0]
    (year / "vkeys").write_bytes(key.format(origin=origin).encode("utf-8", "surrogatepass"))
    assert any(problem.startswith(f"log/{year.name}") for problem in problems(exported))


async def test_a_missing_log_is_found(exported):
    shutil.rmtree(exported / "log")
    assert "log: the export holds no log" in problems(exported)


async def test_an_earlier_export_must_be_the_beginning_of_a_later_one(world, exported, tmp_path):
    await world.deliver(*(world.completion(number) for number in range(10, 14)))
    await world.certificates()
    later = await export(world, tmp_path / "later")
    assert problems(later, before=exported) == []
    (year,) = (exported / "log").iterdir()
    head = (year / "checkpoint").read_text("utf-8").split("\n")
    head[2] = head[2][::-1] if head[2][::-1].endswith("=") else "A" * 43 + "="
    (year / "checkpoint").write_text("\n".join(head), "utf-8")
    gone = next((later / "credentials").iterdir())
    (exported / "credentials" / "DE2699999999999999.json").write_bytes(gone.read_bytes())
    found = problems(later, before=exported)
    assert any(f"first {head[1]} leaves are not those" in problem for problem in found)
    assert any("is here no more" in problem for problem in found)


async def test_files_of_the_log_are_public_and_nothing_else_is(world, exported):
    stub = world.opened.stub(LogServiceStub)
    answer = await stub.GetLogFile(log.GetLogFileRequest(path="2026/checkpoint"))
    assert answer.content == (exported / "log" / "2026" / "checkpoint").read_bytes()
    for path in ("2026/tile/0/999", "../keys/jwks.json", "2026/../../keys/issuer.jwk", "/etc/passwd", "2026"):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GetLogFile(log.GetLogFileRequest(path=path))
        assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_changed_status_list_is_found(exported):
    (file,) = (exported / "status").glob("*.json")
    document = json.loads(file.read_bytes())
    document["credentialSubject"]["encodedList"] = "u" + document["credentialSubject"]["encodedList"][2:]
    file.write_text(json.dumps(document), "utf-8")
    assert any(problem.startswith(f"status/{file.name}") for problem in problems(exported))


async def test_a_second_pinned_issuer_signs_nothing_in_the_name_of_the_first(exported, tmp_path):
    did = "did:web:rival.example"
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signers = {purpose: FileSigner(f"{did}#{purpose}-1", key) for purpose in ("credential", "status")}
    pinned = tmp_path / "rival.json"
    pinned.write_bytes(did_document(did, {one.key_id: one.public_key for one in signers.values()}))
    assert audit.examine(exported, [exported / "did.json", pinned]).problems == []
    (listed,), (credential, *_) = (
        sorted((exported / part).glob("*.json")) for part in ("status", "credentials")
    )
    for file, purpose in ((listed, "status"), (credential, "credential")):
        document = json.loads(file.read_bytes())
        del document["proof"]
        signed = proof.proofs(document, signers[purpose], datetime(2026, 5, 1, tzinfo=UTC))
        file.write_text(json.dumps(document | {"proof": signed}, ensure_ascii=False), "utf-8")
    found = audit.examine(exported, [exported / "did.json", pinned]).problems
    for file in (f"status/{listed.name}", credential.name):
        assert any(one.startswith(f"{file}: ") and "KEY_OF_ANOTHER_ISSUER" in one for one in found), found
