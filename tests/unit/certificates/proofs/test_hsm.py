"""Keys in a token by PKCS#11, with SoftHSM2 as the module: same signatures as anybody expects of Ed25519."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.pkcs11 import HsmProblem, hsm_signers, open_token
from services.certificates.proofs.signing.verifier import DocumentVerifier
from tests.support.documents import ISSUER, KEY_ID, START, candidate, documents

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "1234"
pytestmark = pytest.mark.skipif(
    not MODULE.exists() or shutil.which("softhsm2-util") is None,
    reason="SoftHSM2 is not installed (apt-get install softhsm2)",
)


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A fresh token with one key pair; the module reads its configuration once in a process."""
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(configuration))
    make = ["softhsm2-util", "--init-token", "--free", "--label", "shuzheng", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(make, check=True, capture_output=True)
    pkcs11 = pytest.importorskip("pkcs11")
    from pkcs11.util.ec import encode_named_curve_parameters

    opened = pkcs11.lib(str(MODULE)).get_token(token_label="shuzheng").open(rw=True, user_pin=PIN)
    with opened as session:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
        parameters.generate_keypair(
            store=True, label="credential", mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        )
    yield open_token(MODULE, "shuzheng", PIN)
    patch.undo()


def test_a_document_signed_in_the_token_verifies(token):
    (signer,) = hsm_signers(token, {KEY_ID: "credential"})
    document = documents()["grade"]
    raw = proof.secured(candidate(document).document, proof.proofs(document, signer, START))
    verifier = DocumentVerifier(ISSUER.did, {KEY_ID: signer.public_key})
    assert verifier.examine(raw).outcome is Outcome.VALID
    assert proof.proofs(document, signer, START) == proof.proofs(document, signer, START)
    Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signer.sign(b"x"), b"x")


def test_a_missing_key_or_token_is_named(token):
    with pytest.raises(HsmProblem, match="labelled nobody"):
        hsm_signers(token, {KEY_ID: "nobody"})
    with pytest.raises(HsmProblem, match="token elsewhere"):
        open_token(MODULE, "elsewhere", PIN)
