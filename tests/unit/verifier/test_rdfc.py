"""The proof by eddsa-rdfc-2022, for audits: right where the issuer signed, refused where another pinned one did."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.did import did_document
from services.certificates.proofs.signing.signer import FileSigner
from services.verifier import offline, rdfc
from tests.support.documents import ISSUER, KEY_ID, START, documents

OURS = FileSigner(KEY_ID, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
RIVAL_DID = "did:web:rival.example"
RIVAL = FileSigner(f"{RIVAL_DID}#credential-20260302", Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.fixture(scope="module")
def keys() -> offline.Keys:
    pinned = offline.Keys()
    for did, key in ((ISSUER.did, OURS), (RIVAL_DID, RIVAL)):
        pinned.add(json.loads(did_document(did, {key.key_id: key.public_key})))
    return pinned


def checked(keys: offline.Keys, key: FileSigner, issuer: str) -> str:
    document = documents()["grade"]
    document["issuer"]["id"] = issuer
    return rdfc.check(document | {"proof": proof.proofs(document, key, START)}, keys, "credential")


def test_an_issuer_signs_in_its_own_name(keys):
    assert checked(keys, OURS, ISSUER.did) == checked(keys, RIVAL, RIVAL_DID) == ""


def test_no_issuer_signs_in_the_name_of_another(keys):
    assert checked(keys, RIVAL, ISSUER.did) == f"KEY_OF_ANOTHER_ISSUER {RIVAL.key_id}"
    assert checked(keys, OURS, RIVAL_DID) == f"KEY_OF_ANOTHER_ISSUER {OURS.key_id}"
