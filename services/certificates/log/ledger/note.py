"""Signed notes (c2sp.org/signed-note): text, a blank line, one signature a line; and the keys that sign them."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from services.certificates.log.ledger.errors import MalformedError

DASH = "— "
LARGEST = 1 << 20  # bytes of a note
MOST_SIGNATURES = 100

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
ML_DSA_44_COSIGNATURE = 0x06
PUBLIC_KEY = {ED25519: 32, ED25519_COSIGNATURE: 32, ML_DSA_44_COSIGNATURE: 1312}  # bytes


def encode(data: bytes) -> str:
    """Return standard base64."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """Return the bytes of standard base64; raises MalformedError on any other spelling of them."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise MalformedError("no base64") from error
    if encode(data) != text:
        raise MalformedError("base64 with stray bits")
    return data


def number(text: str) -> int:
    """Return a decimal number without leading zeroes, as sizes and indexes are written."""
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0") or int(text) >= 1 << 63:
        raise MalformedError("no decimal number below 2^63")
    return int(text)


@dataclass(frozen=True)
class Key:
    """A public key with the name and the signature type that it is used with."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != PUBLIC_KEY.get(self.kind):
            raise MalformedError(f"a key of type {self.kind:#04x} has no {len(self.public)} bytes")

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line tells its key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one word: name+id+base64(type, public key)."""
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.kind]) + self.public)}"


def key_from(vkey: str) -> Key:
    """Read a verifier key; raises MalformedError, also where its id is not that of its name and key."""
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise MalformedError("a verifier key is name+id+key")
    material = decode(parts[2])
    key = Key(parts[0], material[0] if material else 0, material[1:])
    if key.id.hex() != parts[1]:
        raise MalformedError(f"the id of verifier key {key.name} does not fit the key")
    return key


class Signature(NamedTuple):
    """One signature line; `value` follows the four bytes of the key's id."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line with its newline."""
        return f"{DASH}{self.name} {encode(self.key_id + self.value)}\n"


class Note(NamedTuple):
    """A text, with its last newline, and signatures that nobody has verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)


def parse(note: str | bytes) -> Note:
    """Read a note; raises MalformedError."""
    whole = _text(note)
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not text or not whole.endswith("\n"):
        raise MalformedError("a note is a text, a blank line and signature lines")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise MalformedError("too many signatures")
    return Note(text + "\n", tuple(signature_from(line) for line in lines))


def signature_from(line: str) -> Signature:
    """Read one signature line without its newline; raises MalformedError."""
    name, space, value = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not space:
        raise MalformedError("a signature line is a dash, a key name and base64")
    check_name(name)
    data = decode(value)
    if len(data) < 5:
        raise MalformedError("a signature without bytes")
    return Signature(name, data[:4], data[4:])


def check_name(name: str) -> None:
    """Refuse what is no key name."""
    if not name or "+" in name or any(sign.isspace() or ord(sign) < 0x20 for sign in name):
        raise MalformedError("a key name is not empty and has neither spaces nor plus signs")


def _text(note: str | bytes) -> str:
    try:
        data = note.encode() if isinstance(note, str) else note
        text = data.decode()
    except UnicodeError as error:
        raise MalformedError("a note is UTF-8") from error
    if len(data) > LARGEST or any(sign < 0x20 and sign != 0x0A for sign in data):
        raise MalformedError("a note is at most 1 MiB, without control characters")
    return text
