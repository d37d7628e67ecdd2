"""Personal numbers: sealed at rest, found by a keyed index, linked across services by a pseudonym.

A number is given in its normal form: two spellings of it would be two people.
"""

import base64
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.kit import files

NONCE = 12  # bytes


class Vault:
    """Keys derived from one secret of 32 bytes; services of one system share it, so pseudonyms agree."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("the vault's secret must be 32 bytes")
        self._seal = AESGCM(_derive(secret, b"seal"))
        self._index = _derive(secret, b"blind-index")
        self._link = _derive(secret, b"pseudonym")

    @classmethod
    def open(cls, path: Path, *, create: bool) -> "Vault":
        """Read the secret from a file of 64 hex digits; make one where `create` and none is there."""
        if create and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            files.create(path, os.urandom(32).hex().encode())
        return cls(bytes.fromhex(path.read_text("ascii").strip()))

    def seal(self, text: str) -> bytes:
        """Encrypt with AES-256-GCM; the nonce comes first."""
        return self.seal_file(text.encode())

    def open_sealed(self, sealed: bytes) -> str:
        """Decrypt what `seal` made; raises ValueError for bytes of another key."""
        return self.open_file(sealed).decode()

    def seal_file(self, content: bytes) -> bytes:
        """Encrypt a file that holds personal numbers, as `seal` does a number."""
        nonce = os.urandom(NONCE)
        return nonce + self._seal.encrypt(nonce, content, None)

    def open_file(self, sealed: bytes) -> bytes:
        """Decrypt what `seal_file` made; raises ValueError for bytes of another key."""
        try:
            return self._seal.decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (InvalidTag, ValueError):
            raise ValueError("sealed with another key, or damaged") from None

    def blind_index(self, number: str) -> str:
        """Return the keyed digest under which a number is found again (43 characters)."""
        return base64.urlsafe_b64encode(_digest(self._index, number)).decode().rstrip("=")

    def pseudonym(self, number: str) -> str:
        """Return the name under which events speak of this person: "p-" and 26 characters."""
        return "p-" + base64.b32encode(_digest(self._link, number)).decode().lower()[:26]


def _digest(key: bytes, number: str) -> bytes:
    return hmac.digest(key, number.encode(), "sha256")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"shuzheng/" + purpose).derive(secret)
