"""Cosignatures of witnesses, offline: checked where a witness is pinned, and never taken for what they are not."""

import base64
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.verifier import offline

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAME = "witness.example/w1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TIME = int(NOW.timestamp()) - 60


def key_id(key, name=NAME):
    raw = b"\x04" + key.public_key().public_bytes_raw()
    return raw, sha256(name.encode() + b"\n" + raw).digest()[:4]


def vkey(key, name=NAME):
    raw, named = key_id(key, name)
    return f"{name}+{named.hex()}+{base64.b64encode(raw).decode()}"


def cosigned(proof, key=KEY, name=NAME, time=TIME, said=None, claimed=None):
    """Return a proof whose checkpoint has the cosignature of a witness (c2sp.org/tlog-cosignature) besides."""
    header, _, note = proof.partition("\n\n")
    body = note.rpartition("\n\n")[0] + "\n"
    signature = key.sign(f"cosignature/v1\ntime {time}\n{said or body}".encode())
    value = key_id(claimed or key, name)[1] + time.to_bytes(8) + signature
    return f"{header}\n\n{note}— {name} {base64.b64encode(value).decode()}\n"


def steps(issuer, proof, *witnesses):
    """Return the steps about log and witnesses."""
    keys = offline.Keys().add(issuer.did).add_log(issuer.vkey)
    for witness in witnesses:
        keys.add_witness(witness)
    answer = offline.verify(issuer.bundle(proof=proof), keys, NOW)
    assert answer.outcome == "INDETERMINATE"
    return [(s.name, s.result, s.reason or s.detail) for s in answer.steps if s.name in ("LOG", "WITNESS")]


@pytest.fixture
def proof(issuer):
    return issuer.log_proof(issuer.document())


def test_a_cosignature_of_a_pinned_witness_is_told_with_its_time(issuer, proof):
    log, witness = steps(issuer, cosigned(proof), vkey(KEY))
    assert log[:2] == ("LOG", "OK")
    assert witness == ("WITNESS", "OK", f"{NAME}, 2026-05-01T11:59:00Z")


def test_nothing_is_said_of_witnesses_that_nobody_pinned(issuer, proof):
    assert [name for name, *_ in steps(issuer, cosigned(proof))] == ["LOG"]


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof,
        lambda proof: cosigned(proof, OTHER),
        lambda proof: cosigned(proof, OTHER, claimed=KEY),
        lambda proof: cosigned(proof, name="witness.example/w2"),
        lambda proof: cosigned(proof, said="certificates.example/log/2026\n5\nAAAA\n"),
        lambda proof: cosigned(proof, time=0),
        lambda proof: f"{proof}— {NAME} AAAA\n",
    ],
)
def test_a_missing_or_wrong_cosignature_is_told(issuer, proof, change):
    log, witness = steps(issuer, change(proof), vkey(KEY))
    assert log[:2] == ("LOG", "OK")
    assert witness == ("WITNESS", "NOT_CHECKED", "NOT_COSIGNED")


def test_of_two_pinned_witnesses_each_is_told(issuer, proof):
    found = steps(issuer, cosigned(proof), vkey(KEY), vkey(OTHER, "witness.example/w2"))
    assert [one[1:] for one in found[1:]] == [
        ("OK", f"{NAME}, 2026-05-01T11:59:00Z"),
        ("NOT_CHECKED", "NOT_COSIGNED"),
    ]


def test_a_witness_says_nothing_where_the_proof_is_of_no_use(issuer, proof):
    (log,) = steps(issuer, cosigned(proof).replace("index 1", "index 2"), vkey(KEY))
    assert log == ("LOG", "NOT_CHECKED", "LOG_PROOF_UNUSABLE")


@pytest.mark.parametrize("text", ["", "a+b", f"{NAME}+00000000+AQ==", "x+y+%%%"])
def test_keys_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        offline.Keys().add_witness(text)


def test_a_log_key_is_no_witness_key(issuer):
    with pytest.raises(ValueError, match="witness"):
        offline.Keys().add_witness(issuer.vkey)
    with pytest.raises(ValueError, match="log"):
        offline.Keys().add_log(vkey(KEY))
