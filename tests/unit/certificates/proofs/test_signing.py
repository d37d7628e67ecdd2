"""Proofs: the vector that W3C published, our own round trip, and every way to be wrong."""

import json
import random
from datetime import UTC, date, datetime

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import multibase, proof
from services.certificates.proofs.signing.did import did_document, did_of
from services.certificates.proofs.signing.keys import KeyProblem, create_first_key, open_keyring
from services.certificates.proofs.signing.signer import FileSigner
from services.certificates.proofs.signing.verifier import DocumentVerifier, read_strictly

DID = "did:web:certificates.example"
NOW = datetime(2026, 5, 20, 1, 2, 3, tzinfo=UTC)

# vc-di-eddsa (W3C Recommendation), section B.2 "Representation: eddsa-jcs-2022"
VECTOR = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
VECTOR_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR_PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
VECTOR_KEY_ID = f"https://vc.example/issuers/5678#{VECTOR_PUBLIC}"
VECTOR_DOCUMENT_SHA256 = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
VECTOR_PROOF = "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4"
VECTOR_CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)

DOCUMENT = {"@context": ["a"], "issuer": {"id": DID}, "id": "urn:uuid:1", "name": "张三"}


@pytest.fixture
def signer():
    return FileSigner(f"{DID}#k1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def verifier(signer):
    return DocumentVerifier(DID, {signer.key_id: signer.public_key})


@pytest.fixture
def signed(signer):
    intent = proof.intend(DOCUMENT, signer.key_id, NOW)
    return proof.secured(intent.document, [proof.sign(intent, signer)])


def test_the_published_vector_comes_out_byte_for_byte():
    secret = multibase.decode(VECTOR_PRIVATE)[2:]
    signer = FileSigner(VECTOR_KEY_ID, Ed25519PrivateKey.from_private_bytes(secret))
    intent = proof.intend(VECTOR, VECTOR_KEY_ID, VECTOR_CREATED)
    assert multibase.public_key(signer.public_key) == VECTOR_PUBLIC
    assert intent.document_sha256 == VECTOR_DOCUMENT_SHA256
    assert proof.sign(intent, signer)["proofValue"] == VECTOR_PROOF


def test_the_published_vector_verifies():
    keys = {VECTOR_KEY_ID: multibase.decode(VECTOR_PUBLIC)[2:]}
    options = proof.options(VECTOR, VECTOR_KEY_ID, VECTOR_CREATED) | {"proofValue": VECTOR_PROOF}
    raw = json.dumps(VECTOR | {"proof": [options]}).encode()
    assert DocumentVerifier(VECTOR["issuer"], keys).examine(raw).outcome is Outcome.VALID


def test_signing_again_gives_the_same_bytes(signer, signed):
    intent = proof.intend(DOCUMENT, signer.key_id, NOW)
    assert proof.secured(intent.document, [proof.sign(intent, signer)]) == signed


def test_what_was_signed_verifies_in_any_layout(verifier, signed):
    found = verifier.examine(signed)
    assert found.outcome is Outcome.VALID
    assert found.document == DOCUMENT
    assert found.verification_method == f"{DID}#k1"
    assert verifier.examine(json.dumps(json.loads(signed), indent=3).encode()).outcome is Outcome.VALID


def test_no_single_changed_byte_is_accepted(verifier, signed):
    chance = random.Random(5)
    for _ in range(500):
        at, to = chance.randrange(len(signed)), chance.randrange(256)
        if signed[at] == to:
            continue
        broken = signed[:at] + bytes([to]) + signed[at + 1 :]
        assert verifier.examine(broken).outcome is not Outcome.VALID, broken


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": "member"},
        {"name": "李四"},
        {"proof": []},
        {"proof": {}},
        {"proof": ["x"]},
        {"proof": None},
        {"@context": ["b"]},
    ],
    ids=str,
)
def test_no_changed_member_is_accepted(verifier, signed, change):
    assert verifier.examine(json.dumps(json.loads(signed) | change).encode()).outcome is Outcome.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["@context", "type", "cryptosuite", "created", "proofPurpose", "proofValue"])
def test_no_changed_or_missing_proof_member_is_accepted(verifier, signed, name):
    for altered in ({name: "other"}, {name: ["a", "b"]}, None):
        document = json.loads(signed)
        options = document["proof"][0]
        options.pop(name) if altered is None else options.update(altered)
        assert verifier.examine(json.dumps(document).encode()).outcome is Outcome.BAD_SIGNATURE


def test_every_proof_of_a_set_must_hold(verifier, signed):
    document = json.loads(signed)
    broken = document["proof"][0] | {"created": "2020-01-01T00:00:00Z"}
    document["proof"].append(broken)
    assert verifier.examine(json.dumps(document).encode()).outcome is Outcome.BAD_SIGNATURE


def test_no_key_of_another_issuer_signs_in_this_ones_name(signer):
    rival = FileSigner("did:web:rival.example#k1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    keys = {each.key_id: each.public_key for each in (signer, rival)}

    def examined(key, issuer):
        intent = proof.intend(DOCUMENT | {"issuer": {"id": issuer}}, key.key_id, NOW)
        raw = proof.secured(intent.document, [proof.sign(intent, key)])
        return DocumentVerifier(issuer, keys).examine(raw).outcome

    assert examined(rival, "did:web:rival.example") is examined(signer, DID) is Outcome.VALID
    assert examined(rival, DID) is examined(signer, "did:web:rival.example") is Outcome.UNKNOWN_ISSUER


def test_another_issuer_and_another_key_are_unknown(signer, signed):
    elsewhere = DocumentVerifier("did:web:elsewhere.example", {signer.key_id: signer.public_key})
    without = DocumentVerifier(DID, {})
    assert elsewhere.examine(signed).outcome is Outcome.UNKNOWN_ISSUER
    assert without.examine(signed).outcome is Outcome.UNKNOWN_ISSUER


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"1", b"\xff", b'{"a":1}', b'{"a":"x","a":"y"}', b'{"a":"\\ud800"}', b'{"a":' * 9000],
    ids=["empty", "list", "number", "not utf-8", "number inside", "twice", "surrogate", "deep"],
)
def test_what_is_no_document_is_not_read(raw):
    assert read_strictly(raw) is None


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\0\1", b"hello", bytes(range(64))])
def test_base58_goes_both_ways(raw):
    assert multibase.decode(multibase.encode(raw)) == raw


@pytest.mark.parametrize("text", ["", "abc", "z0", "zI", "z" + "2" * 500])
def test_what_is_not_base58_is_refused(text):
    with pytest.raises(ValueError):
        multibase.decode(text)


def test_keys_are_made_once_and_stay(tmp_path):
    create_first_key(tmp_path / "keys", date(2026, 1, 2))
    create_first_key(tmp_path / "keys", date(2027, 1, 2))
    [path] = (tmp_path / "keys").iterdir()
    assert path.name == "credential-20260102.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_keyring(tmp_path / "keys", DID).active.key_id == f"{DID}#credential-20260102"


def test_the_newest_key_signs_and_older_ones_verify(tmp_path):
    create_first_key(tmp_path, date(2026, 1, 2))
    (tmp_path / "credential-20260102.pem").rename(tmp_path / "credential-20250101.pem")
    create_first_key(tmp_path / "other", date(2026, 1, 2))
    (tmp_path / "other" / "credential-20260102.pem").rename(tmp_path / "credential-20260102.pem")
    retired = Ed25519PrivateKey.generate().public_key()
    pem = retired.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "credential-2024.pub").write_bytes(pem)
    keyring = open_keyring(tmp_path, DID)
    assert keyring.active.key_id.endswith("#credential-20260102")
    assert {key.split("-")[-1] for key in keyring.public} == {"2024", "20250101", "20260102"}
    assert len(keyring.signers) == 2


def test_a_key_that_others_can_read_is_refused(tmp_path):
    create_first_key(tmp_path, date(2026, 1, 2))
    (tmp_path / "credential-20260102.pem").chmod(0o640)
    with pytest.raises(KeyProblem, match="0600"):
        open_keyring(tmp_path, DID)


def test_a_folder_without_a_usable_key_is_refused(tmp_path):
    with pytest.raises(KeyProblem, match="no private key"):
        open_keyring(tmp_path, DID)
    (tmp_path / "a.pem").write_text("nonsense")
    (tmp_path / "a.pem").chmod(0o600)
    with pytest.raises(KeyProblem, match="no unencrypted PEM"):
        open_keyring(tmp_path, DID)


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://certificates.example", "did:web:certificates.example"),
        ("https://localhost:8443", "did:web:localhost%3A8443"),
        ("https://example.org/a/b", "did:web:example.org:a:b"),
    ],
)
def test_the_did_follows_from_the_address(url, did):
    assert did_of(url) == did


def test_the_did_document_names_every_key(signer):
    document = json.loads(did_document(DID, {signer.key_id: signer.public_key, f"{DID}#k0": bytes(32)}))
    assert document["assertionMethod"] == [f"{DID}#k0", f"{DID}#k1"]
    assert all(m["publicKeyMultibase"].startswith("z6Mk") for m in document["verificationMethod"])


def test_the_canonical_document_is_what_gets_hashed(signer):
    intent = proof.intend(DOCUMENT, signer.key_id, NOW)
    assert intent.document == rfc8785.dumps(DOCUMENT)
    assert proof.key_of(intent) == signer.key_id
