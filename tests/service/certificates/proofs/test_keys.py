"""Keys over the years: rotation, a third proof with SM2, and what a compromised key still proves."""

import json
import shutil
import subprocess
from datetime import date

import pytest
from shuzheng.certificates.v1 import verification_pb2
from shuzheng.certificates.v1.certificate_service_pb2 import GetCertificateDocumentRequest
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest, VerifyCertificateRequest

from services.certificates.proofs.signing.keys import KeyProblem, create_first_key, open_keyring

DID = "did:web:certificates.example"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "keys" / "certificates"


async def document(world, certificate):
    request = GetCertificateDocumentRequest(name=certificate.name)
    return (await world.supervisor.GetCertificateDocument(request)).content


async def outcome(world, raw):
    found = await world.public.VerifyCertificate(VerifyCertificateRequest(document=raw))
    return verification_pb2.VerificationOutcome.Name(found.outcome).removeprefix("VERIFICATION_OUTCOME_")


def add_key(folder, tmp_path, name):
    create_first_key(tmp_path / name, date(2030, 1, 1), name)
    (tmp_path / name / f"{name}-20300101.pem").rename(folder / f"{name}-20300101.pem")


def retire(path):
    subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-out", path.with_suffix(".pub")], check=True)
    path.unlink()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
async def test_what_a_retired_key_signed_goes_on_to_verify(life, folder, tmp_path):
    world = await life()
    await world.deliver(world.completion(1))
    first = await document(world, await world.certificate())
    (old,) = folder.glob("*.pem")
    add_key(folder, tmp_path, "credential-next")
    world = await life()
    await world.deliver(world.completion(2))
    await world.certificates()
    retire(old)
    world = await life()
    (second,) = [c for c in await world.certificates() if c.source.endswith("c2")]
    raw = await document(world, second)
    assert [await outcome(world, each) for each in (first, raw)] == ["VALID", "VALID"]
    methods = {one["verificationMethod"] for one in json.loads(raw)["proof"]}
    assert methods == {f"{DID}#credential-next-20300101"}
    did = json.loads((await world.public.GetDidDocument(GetDidDocumentRequest())).content)
    assert {f"{DID}#{old.stem}", *methods} <= set(did["assertionMethod"])


async def test_a_compromised_key_proves_only_what_was_logged_before(life, folder):
    world = await life()
    await world.deliver(world.completion(1))
    first = await document(world, await world.certificate())
    await world.deliver(world.completion(2))
    (second,) = [c for c in await world.certificates() if c.source.endswith("c2")]
    later = await document(world, second)
    (key,) = folder.glob("*.pem")
    position = await position_of(world, second.name)
    key.with_suffix(".below").write_text(f"{position}\n")
    world = await life()
    assert await outcome(world, first) == "VALID"
    assert await outcome(world, later) == "BAD_SIGNATURE"


async def position_of(world, name):
    from services.certificates.issuing.storage.rows.certificates import CertificateRow

    async with world.service.store.read() as tx:
        return (await tx.get(CertificateRow, name)).log_position


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
async def test_an_sm2_key_adds_a_third_proof(life, folder):
    pytest.importorskip("gmssl_pyx", reason="SM2 needs the extra sm2")
    await life()
    (folder / "sm2").mkdir()
    key = folder / "sm2" / "sm2-2026.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", key], check=True)
    key.chmod(0o600)
    world = await life()
    await world.deliver(world.completion(1))
    raw = await document(world, await world.certificate())
    suites = [one["cryptosuite"] for one in json.loads(raw)["proof"]]
    assert suites == ["eddsa-rdfc-2022", "eddsa-jcs-2022", "x-sm2-sm3-jcs"]
    assert await outcome(world, raw) == "VALID"


def test_a_token_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "pin").write_text("1234")
    (tmp_path / "pin").chmod(0o600)
    entry = {"module": tmp_path / "none.so", "token": "t", "pin_file": tmp_path / "pin", "label": "l"}
    text = "".join(f'{key} = "{value}"\n' for key, value in entry.items())
    (tmp_path / "credential-1.pkcs11").write_text(text)
    with pytest.raises(KeyProblem, match=r"credential-1\.pkcs11"):
        open_keyring(tmp_path, DID)
