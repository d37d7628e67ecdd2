"""Signed notes and checkpoints: the reference vector of Go's sumdb/note, our signers, and everything malformed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.log.ledger.checkpoint import Checkpoint, checkpoint_from
from services.certificates.log.ledger.errors import LogError, MalformedError, UnverifiedError
from services.certificates.log.ledger.note import Key, Note, key_from, parse
from services.certificates.log.ledger.signatures import Ed25519NoteSigner, MlDsa44Cosigner, verify
from services.certificates.proofs.signing.signer import FileSigner
from tests.support import transparency

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ORIGIN = "certificates.example/log/2026"
HEAD = Checkpoint(ORIGIN, 20852163, bytes(range(32)))
PLAIN = Ed25519NoteSigner(ORIGIN, FileSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32))))
QUANTUM_SAFE = MlDsa44Cosigner(ORIGIN, MLDSA44PrivateKey.from_seed_bytes(bytes(32)))
NOTE = str(Note(HEAD.text, (PLAIN.sign(HEAD.text, 7), QUANTUM_SAFE.sign(HEAD.text, 7))))


def test_a_note_of_another_implementation_is_verified():
    (found,) = verify(parse(GO_NOTE), [key_from(GO_KEY)])
    assert found.key.vkey == GO_KEY
    assert str(parse(GO_NOTE)) == GO_NOTE


def test_another_reader_verifies_both_signatures():
    assert transparency.signed_by(NOTE, PLAIN.key.vkey)
    assert transparency.signed_by(NOTE, QUANTUM_SAFE.key.vkey)
    assert not transparency.signed_by(NOTE.replace("20852163", "20852164"), PLAIN.key.vkey)


@pytest.mark.parametrize("quantum_safe", [False, True])
def test_a_cosignature_of_another_implementation_is_verified(quantum_safe: bool):
    witness = transparency.Witness("witness.example/w1", {}, quantum_safe=quantum_safe)
    note = parse(NOTE + witness.cosign(HEAD.text))
    (found,) = verify(note, [key_from(witness.vkey)])
    assert found.time == transparency.WITNESS_TIME


def test_our_own_signatures_are_verified_with_their_times():
    found = {verified.key: verified.time for verified in verify(parse(NOTE), [PLAIN.key, QUANTUM_SAFE.key])}
    assert found == {PLAIN.key: 0, QUANTUM_SAFE.key: 7}


def test_unknown_signatures_mean_nothing():
    (found,) = verify(parse(NOTE), [QUANTUM_SAFE.key])
    assert found.key == QUANTUM_SAFE.key
    with pytest.raises(UnverifiedError, match="no known key"):
        verify(parse(NOTE), [key_from(GO_KEY)])


def test_a_false_signature_of_a_known_key_spoils_the_note():
    text = HEAD._replace(size=1).text
    note = Note(text, (PLAIN.sign(text, 7), QUANTUM_SAFE.sign(HEAD.text, 7)))
    with pytest.raises(UnverifiedError):
        verify(note, [PLAIN.key, QUANTUM_SAFE.key])


@given(st.data())
def test_any_changed_byte_of_a_note_is_noticed(data: st.DataObject):
    raw = NOTE.encode()
    at, mask = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    changed = raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]
    try:
        found = verify(parse(changed), [PLAIN.key, QUANTUM_SAFE.key])
    except LogError:
        return
    assert len(found) < 2


@pytest.mark.parametrize("note", [
    "", "\n", "text\n", "text\n\n", "text\n\nno dash\n", "text\n\n— name\n", "text\n\n— name !!!!\n",
    "text\n\n— na+me AAAAAAA=\n", "text\n\n— name AAAA\n", "text\n\n— name AAAAAAA=", "text\n\n-- name AAAAAAA=\n",
    "\n\n— name AAAAAAA=\n"[1:], "te\rxt\n\n— name AAAAAAA=\n", "te\txt\n\n— name AAAAAAA=\n",
    "text\n\n— name AAAAAAB=\n", "text\n\n— na\u3000me AAAAAAA=\n", "text\n\n—  AAAAAAA=\n",
    b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n", "text\n\n" + "— name AAAAAAA=\n" * 101,
    "x" * (1 << 20) + "\n\n— name AAAAAAA=\n",
])  # fmt: skip
def test_a_malformed_note_is_refused(note: str | bytes):
    with pytest.raises(MalformedError):
        parse(note)


def test_the_last_blank_line_parts_text_and_signatures():
    note = parse("è\n\nsubito sera.\n\n— quasimodo.example/salvatore AAAAAAA=\n")
    assert note.text == "è\n\nsubito sera.\n"
    assert len(note.signatures) == 1


@pytest.mark.parametrize("vkey", [
    "", "name", "name+00000000", GO_KEY.replace("c74f20a3", "c74f20a4"), GO_KEY.replace("Peter", "Pete"),
    GO_KEY[:-4], "+c74f20a3+AAAA", "name+00000000+", GO_KEY + "=",
])  # fmt: skip
def test_a_malformed_verifier_key_is_refused(vkey: str):
    with pytest.raises(MalformedError):
        key_from(vkey)


def test_a_key_has_the_length_of_its_type():
    with pytest.raises(MalformedError):
        Key("name", 1, bytes(31))
    with pytest.raises(MalformedError):
        Key("name", 2, bytes(32))


def test_a_checkpoint_survives_its_text():
    assert checkpoint_from(HEAD.text) == HEAD
    assert checkpoint_from(HEAD.text + "more\n").extensions == ("more",)


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize("text", [
    "", f"o\n1\n{ROOT}", f"o\n01\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"\n1\n{ROOT}\n", "o\n1\n\n", "o\n1\nAAAA\n",
    f"o\n1\n{ROOT}\n\n", f"o\n\n{ROOT}\n", f"o\n{1 << 63}\n{ROOT}\n", f"o\n１\n{ROOT}\n",
])  # fmt: skip
def test_a_malformed_checkpoint_is_refused(text: str):
    with pytest.raises(MalformedError):
        checkpoint_from(text)
