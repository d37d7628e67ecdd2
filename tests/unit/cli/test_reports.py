"""`shuzheng report verify`: the report is the issuer's, or it is refused."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.did import did_document
from services.certificates.proofs.signing.signer import FileSigner
from services.cli.reports import checked
from services.kit.errors import AppError

OURS, RIVAL = "did:web:certificates.example:reports", "did:web:rival.example:reports"
KEYS = {
    did: FileSigner(f"{did}#report-2026", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
    for seed, did in enumerate((OURS, RIVAL), 1)
}


@pytest.fixture
def pinned(tmp_path):
    files = []
    for number, (did, key) in enumerate(KEYS.items()):
        files.append(tmp_path / f"did-{number}.json")
        files[-1].write_bytes(did_document(did, {key.key_id: key.public_key}))
    return files


def report(folder, issuer, key):
    """Write a report that names an issuer, signed by a key."""
    content = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "VerificationReport"],
        "issuer": {"id": issuer},
        "credentialSubject": {"file": {"name": "a.csv", "sha256": "0" * 64}},
    }
    intent = proof.intend(content, key.key_id, datetime(2026, 5, 1, tzinfo=UTC))
    file = folder / "report.json"
    file.write_text(json.dumps(content | {"proof": [proof.sign(intent, key)]}))
    return file


@pytest.mark.parametrize("issuer", KEYS)
def test_a_report_by_its_own_issuer_is_right(tmp_path, pinned, issuer):
    assert checked(report(tmp_path, issuer, KEYS[issuer]), pinned)["file"]["name"] == "a.csv"


def test_no_other_issuer_reports_in_its_name(tmp_path, pinned):
    with pytest.raises(AppError, match="KEY_OF_ANOTHER_ISSUER") as refused:
        checked(report(tmp_path, OURS, KEYS[RIVAL]), pinned)
    assert refused.value.reason == "BAD_REPORT"
