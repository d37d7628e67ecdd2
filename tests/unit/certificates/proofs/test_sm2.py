"""SM2 as a third proof: what we sign OpenSSL verifies, what OpenSSL signs we verify, and others are not disturbed."""

import shutil
import subprocess

import pytest

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import proof, sm2
from services.certificates.proofs.signing.multibase import public_key
from services.certificates.proofs.signing.suites import BOTH, SM2
from services.certificates.proofs.signing.verifier import DocumentVerifier
from tests.support.documents import ISSUER, KEY_ID, START, candidate, documents

pytest.importorskip("gmssl_pyx", reason="SM2 needs the extra sm2")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
SM2_ID = f"{ISSUER.did}#sm2-2026"
OPTIONS = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]


def openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], check=False, capture_output=True)


@pytest.fixture
def pem(tmp_path):
    path = tmp_path / "sm2.pem"
    assert openssl("genpkey", "-algorithm", "SM2", "-out", path).returncode == 0
    assert openssl("pkey", "-in", path, "-pubout", "-out", tmp_path / "sm2.pub").returncode == 0
    return path


@pytest.fixture
def signer(pem):
    return sm2.from_pem(SM2_ID, pem.read_bytes())


def test_openssl_verifies_what_we_sign(pem, signer, tmp_path):
    message, signature = tmp_path / "message", tmp_path / "signature"
    message.write_bytes(b"x" * 64)
    signature.write_bytes(signer.sign(b"x" * 64))
    check = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        tmp_path / "sm2.pub",
        "-in",
        message,
        "-sigfile",
        signature,
    ]
    assert openssl(*check, *OPTIONS).returncode == 0
    message.write_bytes(b"y" * 64)
    assert openssl(*check, *OPTIONS).returncode != 0


def test_we_verify_what_openssl_signs(pem, signer, tmp_path):
    message, signature = tmp_path / "message", tmp_path / "signature"
    message.write_bytes(b"x" * 64)
    assert (
        openssl("pkeyutl", "-sign", "-inkey", pem, "-in", message, "-out", signature, *OPTIONS).returncode
        == 0
    )
    assert sm2.verifies(signer.public_key, signature.read_bytes(), b"x" * 64)
    assert not sm2.verifies(signer.public_key, signature.read_bytes(), b"y" * 64)
    assert not sm2.verifies(signer.public_key, b"no signature", b"x" * 64)
    assert sm2.public_from_pem((tmp_path / "sm2.pub").read_bytes()) == signer.public_key


def test_a_third_proof_stands_beside_the_two(signer):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from services.certificates.proofs.signing.signer import FileSigner

    plain = FileSigner(KEY_ID, Ed25519PrivateKey.generate())
    document = documents()["grade"]
    made = proof.proofs(document, plain, START)
    third = proof.sign(proof.intend(document, SM2_ID, START, SM2), signer)
    verifier = DocumentVerifier(ISSUER.did, {KEY_ID: plain.public_key, SM2_ID: signer.public_key})
    whole = proof.secured(candidate(document).document, [*made, third])
    assert verifier.examine(whole).outcome is Outcome.VALID
    wrong = third | {
        "proofValue": proof.sign(proof.intend({**document, "name": "x"}, SM2_ID, START, SM2), signer)[
            "proofValue"
        ]
    }
    broken = proof.secured(candidate(document).document, [*made, wrong])
    assert verifier.examine(broken).outcome is Outcome.BAD_SIGNATURE
    swapped = [one | {"verificationMethod": SM2_ID} for one in made]
    assert (
        verifier.examine(proof.secured(candidate(document).document, swapped)).outcome
        is Outcome.BAD_SIGNATURE
    )
    assert [one["cryptosuite"] for one in made] == list(BOTH)


def test_the_key_is_written_compressed(signer):
    assert public_key(signer.public_key).startswith("z")


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_sm2_key_is_refused(pem):
    with pytest.raises(ValueError):
        sm2.from_pem(SM2_ID, pem)
