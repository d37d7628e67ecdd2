"""Base58btc with the multibase prefix `z`, as Multikey and Data Integrity proofs write bytes."""

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
ED25519_PUBLIC = b"\xed\x01"
SM2_PUBLIC = b"\x86\x24"
LONGEST = 200


def encode(raw: bytes) -> str:
    """Return `z` and the base58btc digits of `raw`; leading zero bytes become `1`."""
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    number, digits = int.from_bytes(raw), []
    while number:
        number, rest = divmod(number, 58)
        digits.append(ALPHABET[rest])
    return "z" + "1" * zeros + "".join(reversed(digits))


def decode(text: str) -> bytes:
    """Return the bytes of `encode`; raises ValueError."""
    if not text.startswith("z") or len(text) > LONGEST:
        raise ValueError("not base58btc, or longer than any key or signature")
    digits = text[1:]
    zeros = len(digits) - len(digits.lstrip("1"))
    number = 0
    for letter in digits:
        if letter not in VALUES:
            raise ValueError(f"{letter!r} is no base58btc digit")
        number = number * 58 + VALUES[letter]
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def public_key(raw: bytes) -> str:
    """Return a public key as a Multikey: `z6Mk…` for Ed25519 (32 bytes), compressed for SM2 (64 bytes)."""
    if len(raw) == 64:
        return encode(SM2_PUBLIC + bytes([2 + (raw[63] & 1)]) + raw[:32])
    return encode(ED25519_PUBLIC + raw)
