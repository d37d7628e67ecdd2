"""Identifiers that the server makes: sortable by time, unguessable enough, valid in a resource name."""

import os
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """Return 20 characters: 9 of milliseconds since 1970, 11 (55 bits) of randomness."""
    moment = time.time_ns() // 1_000_000
    return _encode(moment, 9) + _encode(int.from_bytes(os.urandom(7)) >> 1, 11)


def _encode(number: int, width: int) -> str:
    letters = []
    for _ in range(width):
        number, rest = divmod(number, 32)
        letters.append(ALPHABET[rest])
    return "".join(reversed(letters))
