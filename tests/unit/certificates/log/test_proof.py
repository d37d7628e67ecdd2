"""Proof files: written as specified, verified offline, and worthless after any change."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.log.ledger.checkpoint import Checkpoint
from services.certificates.log.ledger.errors import LogError, MalformedError, UnverifiedError
from services.certificates.log.ledger.note import Note
from services.certificates.log.ledger.policy import Policy, policy_from
from services.certificates.log.ledger.proof import proof_from, proof_text, verify_proof
from tests.support import transparency
from tests.unit.certificates.log.test_note import ORIGIN, PLAIN, QUANTUM_SAFE

DATA = [b"leaf %d" % index for index in range(11)]
WITNESS = transparency.Witness("w.example", {})


@cache
def policy() -> Policy:
    keys = f"log {PLAIN.key.vkey}\nlog {QUANTUM_SAFE.key.vkey}\nwitness W {WITNESS.vkey}\n"
    return policy_from(keys + "quorum W\n")


@cache
def proof(index: int, extra: bytes = b"") -> str:
    head = Checkpoint(ORIGIN, len(DATA), transparency.mth(DATA))
    note = str(Note(head.text, (PLAIN.sign(head.text, 1), QUANTUM_SAFE.sign(head.text, 1))))
    path = transparency.audit_path(index, DATA)
    return proof_text(index, path, note + WITNESS.cosign(head.text), extra)


@pytest.mark.parametrize("index", range(len(DATA)))
def test_a_proof_of_every_leaf_is_verified(index: int):
    proven = verify_proof(proof(index), DATA[index], policy())
    assert (proven.index, proven.head.size, proven.witnesses) == (index, 11, ["W"])


def test_a_proof_is_written_as_specified():
    lines = proof(3, b"nonce").split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bm9uY2U=", "index 3"]
    assert lines[7:10] == ["", ORIGIN, "11"]
    assert proof_from(proof(3, b"nonce")).extra == b"nonce"
    assert proof(3).split("\n")[1] == "index 3"


def test_a_proof_says_nothing_of_another_leaf():
    with pytest.raises(UnverifiedError, match="does not lead"):
        verify_proof(proof(3), DATA[4], policy())


@given(st.data())
def test_a_proof_with_any_changed_byte_fails(data: st.DataObject):
    raw = proof(6).encode()
    at, mask = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    try:
        changed = (raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]).decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(LogError):
        verify_proof(changed, DATA[6], policy())


@pytest.mark.parametrize(("before", "after"), [
    ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), ("index 3\n", ""), ("index 3", "index 03"),
    ("index 3", "index -3"), ("index 3", "extra AA==\nextra AA==\nindex 3"), ("index 3", "extra A\nindex 3"),
    ("index 3", "index 3\nAAAA"), ("index 3", "index 3" + f"\n{'A' * 43}=" * 64), ("\n\n", "\n"),
])  # fmt: skip
def test_a_malformed_proof_is_refused(before: str, after: str):
    assert before in proof(3)
    with pytest.raises(MalformedError):
        proof_from(proof(3).replace(before, after))
