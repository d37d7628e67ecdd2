"""Statuses packed into bytes, in the two orders that the two specifications prescribe.

Bitstring Status List v1.0 (W3C): one bit an entry, index 0 is the *most* significant bit of byte 0, GZIP, multibase
`u`. Token Status List (IETF): two bits an entry, index 0 are the *least* significant bits of byte 0, zlib.
"""

import gzip
import io
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from enum import IntEnum

ENTRIES = 131_072  # of a list; the least that Bitstring Status List v1.0 allows, so that nobody stands out
BITS = 2  # of an entry in a Token Status List
LARGEST = 16 * ENTRIES // 8  # bytes of a list that is read; a longer one is a bomb


class TokenStatus(IntEnum):
    """The values of a Token Status List; 3 is left to applications, and means here: replaced by a corrected one."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2
    SUPERSEDED = 3


def bitstring(indexes: Iterable[int], entries: int = ENTRIES) -> bytes:
    """Return a list in which the bits at `indexes` are set; raises IndexError beyond its end."""
    packed = bytearray(entries // 8)
    for index in indexes:
        packed[_within(index, entries) >> 3] |= 0x80 >> (index & 7)
    return bytes(packed)


def is_set(packed: bytes, index: int) -> bool:
    """Tell whether the bit at `index` is set; raises IndexError beyond the end."""
    return bool(packed[_within(index, len(packed) * 8) >> 3] & (0x80 >> (index & 7)))


def tokens(statuses: Mapping[int, TokenStatus], entries: int = ENTRIES) -> bytes:
    """Return a list with these statuses by index, VALID elsewhere; raises IndexError beyond its end."""
    packed = bytearray(entries * BITS // 8)
    for index, status in statuses.items():
        packed[_within(index, entries) >> 2] |= status << (index & 3) * BITS
    return bytes(packed)


def token_status(packed: bytes, index: int) -> TokenStatus:
    """Return the status at `index`; raises IndexError beyond the end."""
    return TokenStatus(packed[_within(index, len(packed) * 4) >> 2] >> (index & 3) * BITS & 3)


def encoded_list(packed: bytes) -> str:
    """Return a bitstring as `encodedList`: equal bits give equal text."""
    return "u" + _text(gzip.compress(packed, mtime=0))


def decoded_list(encoded: str) -> bytes:
    """Return the bits of an `encodedList`; raises ValueError for another encoding, a bomb or too few entries."""
    if not encoded.startswith("u"):
        raise ValueError("an encodedList begins with u (base64url without padding)")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(_bytes(encoded[1:]))) as file:
            packed = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("an encodedList is compressed with GZIP") from error
    if not ENTRIES // 8 <= len(packed) <= LARGEST:
        raise ValueError(f"a list has {ENTRIES} entries or some more, not {len(packed) * 8}")
    return packed


def _within(index: int, entries: int) -> int:
    if not 0 <= index < entries:
        raise IndexError(f"{index} is no index of a list with {entries} entries")
    return index


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
