"""Leaves: small, canonical, and blind."""

import hashlib
import json
import secrets

import pytest

from services.certificates.log.ledger.errors import MalformedError
from services.certificates.log.ledger.leaf import Leaf, LeafType, commitment, digest, leaf_from, new_nonce

DOCUMENT = {"credentialSubject": {"name": "王小明"}, "id": "https://certificates.example/c/DE26"}


def test_a_leaf_is_canonical_json_of_five_members():
    leaf = Leaf(LeafType.ISSUE, bytes(32), "grade-2026", "b1")
    blinded = "A" * 43
    assert leaf.encode() == f'{{"b":"b1","c":"{blinded}","p":"grade-2026","t":"issue","v":"1"}}'.encode()


@pytest.mark.parametrize("leaf_type", list(LeafType))
def test_every_leaf_is_below_200_bytes_and_can_be_read_again(leaf_type: LeafType):
    leaf = Leaf(leaf_type, secrets.token_bytes(32), "p" * 40, "b" * 40)
    assert len(leaf.encode()) < 200
    assert leaf_from(leaf.encode()) == leaf


def test_a_commitment_is_what_its_holder_can_compute_again():
    nonce = new_nonce()
    canonical = json.dumps(DOCUMENT, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    inner = hashlib.sha256(canonical).digest()
    assert digest(DOCUMENT) == inner
    assert commitment(nonce, inner) == hashlib.sha256(b"cert-leaf/v1\n" + nonce + inner).digest()


def test_the_same_document_is_never_committed_to_alike():
    assert commitment(new_nonce(), digest(DOCUMENT)) != commitment(new_nonce(), digest(DOCUMENT))


@pytest.mark.parametrize("tag", ["王小明", "DE26", "a b", "-a", "a" * 41, "a/b", "a\n"])
def test_a_tag_has_no_room_for_names(tag: str):
    with pytest.raises(MalformedError):
        Leaf(LeafType.ISSUE, bytes(32), tag)
    with pytest.raises(MalformedError):
        Leaf(LeafType.ISSUE, bytes(32), "", tag)


@pytest.mark.parametrize("size", [31, 33])
def test_nonces_and_commitments_have_32_bytes(size: int):
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(bytes(size), bytes(32))
    with pytest.raises(MalformedError):
        Leaf(LeafType.ISSUE, bytes(size))


GOOD = Leaf(LeafType.ISSUE, bytes(32)).encode()


@pytest.mark.parametrize("data", [
    b"", b"null", b"[]", b"{}", GOOD + b" ", GOOD.replace(b'"1"', b'"2"'), GOOD.replace(b"issue", b"party"),
    GOOD.replace(b"AAA", b"AA", 1), GOOD.replace(b"{", b'{"n":"x",'), GOOD.replace(b"A\",", b'B",'), b"\xff",
])  # fmt: skip
def test_what_is_no_leaf_is_refused(data: bytes):
    with pytest.raises(MalformedError):
        leaf_from(data)
