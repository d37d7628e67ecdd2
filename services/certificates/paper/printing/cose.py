"""COSE_Sign1 (RFC 9052) with Ed25519, as small as a QR code wants it: the key is named by 8 bytes of its digest."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Protocol

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALGORITHM, KEY_ID = 1, 4  # labels of protected headers
EDDSA = -8
SIGN1 = 18  # CBOR tag
AAD = b"shuzheng-qr/v1"  # what the signature is for; no other signature of any key counts here


class UnverifiedError(ValueError):
    """A message that is not COSE_Sign1, or not signed by any key that is trusted."""


class Signer(Protocol):
    """Signs with one Ed25519 key."""

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        ...


def key_id(public_key: bytes) -> bytes:
    """Return the name of a key inside a message."""
    return sha256(public_key).digest()[:8]


def sign1(payload: bytes, signer: Signer) -> bytes:
    """Return the signed message."""
    protected = cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: key_id(signer.public_key)}, canonical=True)
    signature = signer.sign(_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]), canonical=True)


def verify1(message: bytes, keys: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return the payload and the id of the key that signed it; raises UnverifiedError."""
    protected, payload, signature = _parts(message)
    for name, raw in keys.items():
        if protected == cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: key_id(raw)}, canonical=True):
            try:
                Ed25519PublicKey.from_public_bytes(raw).verify(signature, _signed(protected, payload))
            except InvalidSignature:
                raise UnverifiedError("the signature is wrong") from None
            return payload, name
    raise UnverifiedError("signed by none of the trusted keys")


def _parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    try:
        tag: Any = cbor2.loads(message)
        protected, unprotected, payload, signature = tag.value
    except (cbor2.CBORError, AttributeError, TypeError, ValueError):
        raise UnverifiedError("not COSE_Sign1") from None
    if tag.tag != SIGN1 or unprotected != {} or cbor2.dumps(tag, canonical=True) != message:
        raise UnverifiedError("not COSE_Sign1 in its one shortest form")
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise UnverifiedError("not COSE_Sign1")
    return protected, payload, signature


def _signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, AAD, payload])
