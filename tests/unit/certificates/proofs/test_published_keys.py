"""Keys as a DID document publishes them."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.proofs.signing import multibase
from services.certificates.proofs.signing.did import did_document
from services.certificates.proofs.signing.published_keys import compromised, published_keys

DID = "did:web:certificates.example"
RAW = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
# The generator of the curve, GB/T 32918.5, and its negative: both parities of y.
X = bytes.fromhex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7")
Y = bytes.fromhex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0")
FIELD = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
NEGATIVE = (FIELD - int.from_bytes(Y)).to_bytes(32)


def test_keys_that_sign_certificates_are_read_and_others_left_out():
    keys = {f"{DID}#credential-1": RAW, f"{DID}#sm2-1": X + Y, f"{DID}#sm2-2": X + NEGATIVE}
    others = {f"{DID}#status-1": RAW, f"{DID}#disclosure-1": RAW}
    document = did_document(DID, keys | others, {f"{DID}#qr-1": RAW})
    assert published_keys(document, DID) == keys


@pytest.mark.parametrize(
    "change",
    [
        {"id": "did:web:other.example"},
        {"assertionMethod": [f"{DID}#none"]},
        {
            "verificationMethod": [
                {
                    "id": f"{DID}#a",
                    "controller": DID,
                    "publicKeyMultibase": multibase.encode(b"\xed\x02" + RAW),
                }
            ]
        },
        {"verificationMethod": "x"},
    ],
)
def test_any_other_document_is_refused(change):
    document = json.loads(did_document(DID, {f"{DID}#a": RAW})) | change
    with pytest.raises(ValueError):
        published_keys(json.dumps(document).encode(), DID)


@pytest.mark.parametrize(
    "change", [{"id": "did:web:rival.example#a"}, {"controller": "did:web:rival.example"}], ids=str
)
def test_a_key_of_another_issuer_is_not_published_as_this_ones(change):
    document = json.loads(did_document(DID, {f"{DID}#a": RAW}))
    document["verificationMethod"][0] |= change
    document["assertionMethod"] = [document["verificationMethod"][0]["id"]]
    with pytest.raises(ValueError, match="no DID document"):
        published_keys(json.dumps(document).encode(), DID)


def test_no_point_of_the_curve_is_refused():
    document = json.loads(did_document(DID, {f"{DID}#a": RAW}))
    for x in range(1, 9):
        bad = multibase.encode(b"\x86\x24\x02" + x.to_bytes(32))
        document["verificationMethod"][0]["publicKeyMultibase"] = bad
        try:
            published_keys(json.dumps(document).encode(), DID)
        except ValueError:
            return
    raise AssertionError("every x was taken for a point")


def test_compromised_keys_are_told_by_files(tmp_path):
    (tmp_path / "credential-1.below").write_text("certificates.example/log/2026#17\n")
    assert compromised(tmp_path, DID) == {f"{DID}#credential-1": "certificates.example/log/2026#17"}
