"""What a leaf says: a type and a blinded commitment, never a name, a number or the hash of one.

Whoever holds the nonce can show what a leaf commits to; with the nonce deleted, the leaf is 32 random bytes.
"""

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

import rfc8785

from services.certificates.log.ledger.errors import MalformedError

VERSION = "1"
LARGEST = 200  # bytes of a leaf, exclusive
NONCE = 32  # bytes
DOMAIN = b"cert-leaf/v1\n"
TAG = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}|")


class LeafType(StrEnum):
    """What happened."""

    ISSUE = "issue"
    REVOKE = "revoke"
    HOLD = "hold"
    RELEASE = "release"
    SUPERSEDE = "supersede"
    BATCH = "batch"
    RESULT = "result"
    KEY = "key"
    STATUS = "status"
    POLICY = "policy"


PUBLIC = (LeafType.KEY, LeafType.POLICY)  # what they commit to is kept with its nonce, for anybody to open


def new_nonce() -> bytes:
    """Return 256 random bits that blind one commitment."""
    return secrets.token_bytes(NONCE)


def digest(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a document's canonical form (JCS)."""
    return sha256(rfc8785.dumps(dict(document))).digest()


def commitment(nonce: bytes, document_digest: bytes) -> bytes:
    """Return what a leaf says of a document: SHA-256 of domain, nonce and the document's digest."""
    if len(nonce) != NONCE or len(document_digest) != 32:
        raise ValueError("a nonce and a digest have 32 bytes")
    return sha256(DOMAIN + nonce + document_digest).digest()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry; `profile` and `batch` are ids of rules and batches, never of people."""

    type: LeafType
    commitment: bytes
    profile: str = ""
    batch: str = ""

    def __post_init__(self) -> None:
        if len(self.commitment) != 32:
            raise MalformedError("a commitment has 32 bytes")
        if not TAG.fullmatch(self.profile) or not TAG.fullmatch(self.batch):
            raise MalformedError("profile and batch are up to 40 of a-z, 0-9, dot and dash")

    def encode(self) -> bytes:
        """Return the bytes that are hashed: canonical JSON below 200 bytes."""
        blinded = urlsafe_b64encode(self.commitment).decode().rstrip("=")
        members = {"v": VERSION, "t": self.type.value, "c": blinded, "p": self.profile, "b": self.batch}
        return rfc8785.dumps(members)


def leaf_from(data: bytes) -> Leaf:
    """Read the bytes of a leaf; raises MalformedError where `encode` would not have written them."""
    try:
        members = json.loads(data)
        blinded = urlsafe_b64decode(members["c"] + "=")
        leaf = Leaf(LeafType(members["t"]), blinded, members["p"], members["b"])
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError("no leaf of this log") from error
    if leaf.encode() != data:
        raise MalformedError("no leaf of this log: another spelling or version")
    return leaf
