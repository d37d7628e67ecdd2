"""SM2 signatures (GB/T 32918.2) over SM3 with the usual user id, by the optional package gmssl-pyx (extra `sm2`).

Signatures are ASN.1 as OpenSSL writes and reads them; SM2 signs with a random number, so that signing twice gives
two signatures: whoever needs equal bytes keeps the first.
"""

from base64 import b64decode
from functools import cache
from typing import Any

USER_ID = b"1234567812345678"  # GM/T 0009, 10: where nothing else is agreed
ALGORITHM = "SM2"


class Sm2MissingError(RuntimeError):
    """The package for SM2 is not installed."""


@cache
def package() -> Any:
    """Return gmssl_pyx; raises Sm2MissingError."""
    try:
        import gmssl_pyx
    except ImportError as error:
        raise Sm2MissingError("SM2 needs the package gmssl-pyx: install shuzheng[sm2]") from error
    return gmssl_pyx


PRIVATE = b"\x02\x01\x01\x04\x20"  # in the DER of RFC 5915: version 1, then 32 bytes
PUBLIC = b"\x03\x42\x00\x04"  # a BIT STRING with an uncompressed point
CURVE = bytes.fromhex("06082a811ccf5501822d")


class Sm2Signer:
    """An SM2 key that was read from a file."""

    algorithm = ALGORITHM

    def __init__(self, key_id: str, private: bytes, public: bytes) -> None:
        self.key_id = key_id
        self.public_key = public
        self._private = private

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message` in ASN.1."""
        return package().sm2_sign(self._private, self.public_key, message, USER_ID)


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an ASN.1 signature is right for a public key of 64 bytes; raises Sm2MissingError."""
    gmssl = package()
    try:
        return bool(gmssl.sm2_verify(public, message, signature, USER_ID))
    except gmssl.GmsslInnerError:
        return False


def from_pem(key_id: str, pem: bytes) -> Sm2Signer:
    """Read what `openssl genpkey -algorithm SM2` writes; raises ValueError."""
    der = _der(pem, b"PRIVATE KEY")
    private, public = _after(der, PRIVATE, 32), _after(der, PUBLIC, 64)
    return Sm2Signer(key_id, private, public)


def public_from_pem(pem: bytes) -> bytes:
    """Read what `openssl pkey -pubout` writes of an SM2 key; raises ValueError."""
    return _after(_der(pem, b"PUBLIC KEY"), PUBLIC, 64)


def _der(pem: bytes, label: bytes) -> bytes:
    begin, end = b"-----BEGIN " + label + b"-----", b"-----END " + label + b"-----"
    _, found, rest = pem.partition(begin)
    der = b64decode(b"".join(rest.partition(end)[0].split()), validate=True)
    if not found or CURVE not in der:
        raise ValueError("no SM2 key in PEM")
    return der


def _after(der: bytes, mark: bytes, length: int) -> bytes:
    _, found, rest = der.partition(mark)
    if not found or len(rest) < length:
        raise ValueError("no SM2 key of the usual shape")
    return rest[:length]
