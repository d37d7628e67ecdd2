"""The set of both proofs: other people's verifiers accept it, and no change of it is accepted by ours."""

import copy
import json
import random
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.contexts import document_loader
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.errors import ProofError

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.signer import FileSigner
from services.certificates.proofs.signing.suites import BOTH, JCS, RDFC
from services.certificates.proofs.signing.verifier import DocumentVerifier
from tests.support.documents import ISSUER, KEY_ID, START, candidate, documents

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = FileSigner(KEY_ID, KEY)
VERIFIER = DocumentVerifier(ISSUER.did, {KEY_ID: SIGNER.public_key})
JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": urlsafe_b64encode(SIGNER.public_key).decode().rstrip("="),
}
PEM = Ed25519PublicKey.from_public_bytes(SIGNER.public_key).public_bytes(
    Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
)


def signed(shape="grade"):
    document = documents()[shape]
    return json.loads(proof.secured(candidate(document).document, proof.proofs(document, SIGNER, START)))


def outcome(document):
    return VERIFIER.examine(json.dumps(document, ensure_ascii=False).encode()).outcome


@pytest.mark.parametrize("shape", documents())
def test_our_verifier_accepts_every_shape(shape):
    document = signed(shape)
    assert [one["cryptosuite"] for one in document["proof"]] == list(BOTH)
    assert outcome(document) is Outcome.VALID


def test_only_the_jcs_proof_carries_the_context():
    rdfc, jcs = signed()["proof"]
    assert "@context" not in rdfc
    assert jcs["@context"] == signed()["@context"]


@pytest.mark.parametrize("shape", documents())
def test_openbadgeslib_accepts_every_shape(shape):
    OB3LdpVerifier(PEM, ISSUER.did).verify(signed(shape))


def test_openbadgeslib_refuses_a_changed_one():
    document = signed()
    document["credentialSubject"]["result"][0]["value"] = "99"
    with pytest.raises(LibOpenBadgesException):
        OB3LdpVerifier(PEM, ISSUER.did).verify(document)


def alone(document, suite):
    """The document with one proof, as libraries want it that read no sets."""
    (one,) = [one for one in document["proof"] if one["cryptosuite"] == suite]
    return document | {"proof": one}


@pytest.mark.parametrize("shape", documents())
def test_openvc_accepts_each_proof(shape):
    EddsaJcsProofSuite().verify(alone(signed(shape), JCS), public_key_jwk=JWK, check_temporal=False)
    loader = document_loader()
    extra = {url: loader(url, {})["document"] for url in signed()["@context"][1:]}
    DataIntegrityProofSuite().verify(
        alone(signed(shape), RDFC), public_key_jwk=JWK, extra_contexts=extra, check_temporal=False
    )


def test_openvc_refuses_a_changed_one():
    document = signed() | {"name": "x"}
    with pytest.raises(ProofError):
        EddsaJcsProofSuite().verify(alone(document, JCS), public_key_jwk=JWK, check_temporal=False)


@pytest.mark.parametrize("keep", [0, 1], ids=BOTH)
def test_a_set_with_a_proof_taken_away_is_refused(keep):
    document = signed()
    document["proof"] = [document["proof"][keep]]
    assert outcome(document) is Outcome.BAD_SIGNATURE


@pytest.mark.parametrize("broken", [0, 1], ids=BOTH)
def test_a_set_in_which_one_proof_is_wrong_is_refused(broken):
    document = signed()
    other = signed("training")["proof"][broken]
    document["proof"][broken]["proofValue"] = other["proofValue"]
    assert outcome(document) is Outcome.BAD_SIGNATURE


def test_an_unknown_member_is_refused_anywhere():
    def places(value):
        if isinstance(value, dict):
            yield value
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from places(member)

    for index in range(len(list(places(signed())))):
        document = signed()
        list(places(document))[index]["unknown"] = "x"
        assert outcome(document) is not Outcome.VALID


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(member, (*path, key))
    else:
        yield path


def test_of_500_random_changes_none_is_accepted():
    chance, whole = random.Random(11), signed()
    raw = json.dumps(whole, ensure_ascii=False).encode()
    everywhere = list(leaves(whole))
    for number in range(500):
        if number % 2:
            at, to = chance.randrange(len(raw)), chance.randrange(256)
            changed = raw[:at] + bytes([to]) + raw[at + 1 :]
            if changed == raw:
                continue
        else:
            document = copy.deepcopy(whole)
            change(document, chance.choice(everywhere), chance)
            changed = json.dumps(document, ensure_ascii=False).encode()
        assert VERIFIER.examine(changed).outcome is not Outcome.VALID, changed


def change(document, path, chance):
    place = document
    for step in path[:-1]:
        place = place[step]
    kind = chance.randrange(3)
    if kind == 0 and isinstance(place, dict):
        del place[path[-1]]
    elif kind == 1 and isinstance(place, dict):
        place[f"{path[-1]}x"] = place.pop(path[-1])
    else:
        place[path[-1]] = f"{place[path[-1]]}x"


def test_a_document_of_the_first_version_with_one_proof_still_verifies():
    document = documents()["grade"]
    del document["credentialSchema"], document["credentialStatus"]
    intent = proof.intend(document, KEY_ID, START)
    raw = proof.secured(intent.document, [proof.sign(intent, SIGNER)])
    assert VERIFIER.examine(raw).outcome is Outcome.VALID


def test_whoever_knows_the_digest_of_the_rdf_form_needs_no_rdf(monkeypatch):
    raw = json.dumps(signed()).encode()
    begun = VERIFIER.begin(raw)
    (waiting,) = begun.waiting
    digest = waiting.suite.document_digest(candidate(documents()["grade"]).document)
    monkeypatch.setattr("services.certificates.proofs.signing.rdf.canonical", None)
    assert VERIFIER.finish(begun, digest) is Outcome.VALID
    assert VERIFIER.finish(begun, bytes(32)) is Outcome.BAD_SIGNATURE
