"""A list is believed only where everything about it is right: else INDETERMINATE, never VALID."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing.signer import FileSigner
from services.certificates.standing.lists.credential import Period, credential, secured
from services.certificates.standing.lists.packing import bitstring
from services.certificates.standing.lists.reader import StatusReader

DID = "did:web:certificates.example"
URL = "https://certificates.example/status/2026-1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = FileSigner(f"{DID}#status-1", KEY)
READER = StatusReader(DID, {SIGNER.key_id: SIGNER.public_key})
START = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD = Period(START, START + timedelta(days=1))
ENTRY = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "100",
    "statusListCredential": URL,
}


def published(revoked: set[int], url: str = URL, issuer: str = DID, signer: FileSigner = SIGNER) -> bytes:
    return secured(credential(url, issuer, bitstring(revoked), PERIOD), signer, START)


@pytest.mark.parametrize(("index", "outcome"), [("100", Outcome.REVOKED), ("101", Outcome.VALID)])
def test_a_good_list_answers(index: str, outcome: Outcome):
    reading = READER.read(published({100}), ENTRY | {"statusListIndex": index}, START)
    assert (reading.outcome, reading.time) == (outcome, "2026-03-02T00:00:00Z")


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        (START - timedelta(seconds=1), Outcome.INDETERMINATE),
        (START, Outcome.VALID),
        (PERIOD.end - timedelta(seconds=1), Outcome.VALID),
        (PERIOD.end, Outcome.INDETERMINATE),
    ],
)
def test_a_stale_list_fails_closed(now: datetime, outcome: Outcome):
    assert READER.read(published(set()), ENTRY, now).outcome is outcome


OTHER = FileSigner(f"{DID}#status-1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
STRANGE = FileSigner(f"{DID}#other", KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"proof":[]}',
        published(set(), issuer="did:web:certificates.evil"),
        published(set(), url=URL[:-1] + "2"),
        published(set(), signer=OTHER),
        published(set(), signer=STRANGE),
        published({100}).replace(b"2026-03-03", b"2027-03-03"),
        published(set()).replace(b'"revocation"', b'"suspension"'),
        json.dumps(json.loads(published(set())) | {"proof": []}).encode(),
        json.dumps(json.loads(published(set())) | {"proof": None}).encode(),
        b"[" * 100_000,
    ],
)
def test_anything_wrong_is_no_answer(data: bytes):
    reading = READER.read(data, ENTRY, START)
    assert reading.outcome is Outcome.INDETERMINATE
    assert reading.problem


@pytest.mark.parametrize("index", ["131072", "-1", "1e2", " 5", "٥", "", 5, None, "9" * 5000])
def test_an_index_that_is_none_is_no_answer(index: object):
    assert READER.read(published(set()), ENTRY | {"statusListIndex": index}, START).outcome is (
        Outcome.INDETERMINATE
    )


def test_no_key_of_another_issuer_signs_a_list_in_this_ones_name():
    rival = FileSigner("did:web:rival.example#status-1", KEY)
    keys = {each.key_id: each.public_key for each in (SIGNER, rival)}
    for issuer, key, outcome in (
        (DID, SIGNER, Outcome.VALID),
        (DID, rival, Outcome.INDETERMINATE),
        ("did:web:rival.example", rival, Outcome.VALID),
    ):
        reader = StatusReader(issuer, keys)
        assert reader.read(published(set(), issuer=issuer, signer=key), ENTRY, START).outcome is outcome


def test_an_entry_for_another_purpose_is_no_answer():
    entry = ENTRY | {"statusPurpose": "suspension"}
    assert READER.read(published(set()), entry, START).outcome is Outcome.INDETERMINATE
