"""The seam behind which private keys live; whatever holds them (file, HSM, KMS) is one small class."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Signer(Protocol):
    """Signs with one key; Ed25519 is deterministic, so the same bytes always give the same signature."""

    @property
    def key_id(self) -> str:
        """The verification method: `did:web:host#fragment`."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw public key: 32 bytes for Ed25519, 64 for SM2."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`: 64 bytes for Ed25519, ASN.1 for SM2."""
        ...


class FileSigner:
    """An Ed25519 key that was read from a file."""

    def __init__(self, key_id: str, private_key: Ed25519PrivateKey) -> None:
        self.key_id = key_id
        self.public_key = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.sign = private_key.sign
