"""Making and checking the signatures of notes: Ed25519, and the cosignatures of c2sp.org/tlog-cosignature."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from services.certificates.log.ledger.checkpoint import Checkpoint, checkpoint_from
from services.certificates.log.ledger.errors import MalformedError, UnverifiedError
from services.certificates.log.ledger.note import (
    ED25519,
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    Key,
    Note,
    Signature,
)
from services.certificates.proofs.signing.signer import Signer

TIME = 8  # bytes of a cosignature's time
SIGNATURE = {ED25519: 64, ED25519_COSIGNATURE: TIME + 64, ML_DSA_44_COSIGNATURE: TIME + 2420}  # bytes
SUBTREE = b"subtree/v1\n\0"


class NoteSigner(Protocol):
    """Signs notes with one key."""

    @property
    def key(self) -> Key:
        """What its signatures are verified with."""
        ...

    def sign(self, text: str, time: int) -> Signature:
        """Return the signature of `text`; `time` is in seconds since 1970."""
        ...


class Ed25519NoteSigner:
    """The plain signature of the log; the key is behind the seam."""

    def __init__(self, name: str, signer: Signer) -> None:
        self.signer = signer
        self.key = Key(name, ED25519, signer.public_key)

    def sign(self, text: str, time: int) -> Signature:
        """Return the signature of `text`; it holds no time."""
        return Signature(self.key.name, self.key.id, self.signer.sign(text.encode()))


class MlDsa44Cosigner:
    """The signature of a checkpoint that a quantum computer does not forge either."""

    def __init__(self, name: str, private_key: MLDSA44PrivateKey) -> None:
        self.private_key = private_key
        self.key = Key(name, ML_DSA_44_COSIGNATURE, private_key.public_key().public_bytes_raw())

    def sign(self, text: str, time: int) -> Signature:
        """Return the cosignature of a checkpoint's text."""
        message = subtree_message(self.key.name, time, checkpoint_from(text))
        value = time.to_bytes(TIME, "big") + self.private_key.sign(message)
        return Signature(self.key.name, self.key.id, value)


def subtree_message(name: str, time: int, head: Checkpoint) -> bytes:
    """Return the bytes that an ML-DSA-44 cosigner signs for a whole tree; extension lines are not among them."""
    start = (0).to_bytes(8, "big")
    parts = (
        _short(name),
        time.to_bytes(TIME, "big"),
        _short(head.origin),
        start,
        head.size.to_bytes(8, "big"),
    )
    return SUBTREE + b"".join(parts) + head.root


def timed_message(text: str, time: int) -> bytes:
    """Return the bytes that an Ed25519 cosigner signs."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _short(text: str) -> bytes:
    data = text.encode()
    if not 0 < len(data) < 256:
        raise MalformedError("a name or an origin has 1 to 255 bytes")
    return bytes([len(data)]) + data


class Verified(NamedTuple):
    """A key whose signature holds; `time` in seconds since 1970, 0 where the signature tells none."""

    key: Key
    time: int


def verify(note: Note, keys: Iterable[Key]) -> list[Verified]:
    """Return the known keys that signed the note; raises UnverifiedError where none did, or one of them falsely.

    Signatures of unknown keys mean nothing and are passed over.
    """
    known = {(key.name, key.id): key for key in keys}
    found = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None and key not in found:
            found[key] = Verified(key, check(key, note.text, signature.value))
    if not found:
        raise UnverifiedError("no known key signed the note")
    return list(found.values())


def check(key: Key, text: str, value: bytes) -> int:
    """Return the time of a signature that holds; raises UnverifiedError."""
    if len(value) != SIGNATURE[key.kind]:
        raise UnverifiedError(f"the signature of {key.name} has a wrong length")
    time = 0 if key.kind == ED25519 else int.from_bytes(value[:TIME], "big")
    try:
        _CHECKS[key.kind](key, text, time, value)
    except (InvalidSignature, ValueError) as error:
        raise UnverifiedError(f"the signature of {key.name} does not hold") from error
    return time


def _plain(key: Key, text: str, _time: int, value: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(key.public).verify(value, text.encode())


def _timed(key: Key, text: str, time: int, value: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(key.public).verify(value[TIME:], timed_message(text, time))


def _subtree(key: Key, text: str, time: int, value: bytes) -> None:
    message = subtree_message(key.name, time, checkpoint_from(text))
    MLDSA44PublicKey.from_public_bytes(key.public).verify(value[TIME:], message)


_CHECKS: dict[int, Callable[[Key, str, int, bytes], None]] = {
    ED25519: _plain,
    ED25519_COSIGNATURE: _timed,
    ML_DSA_44_COSIGNATURE: _subtree,
}
