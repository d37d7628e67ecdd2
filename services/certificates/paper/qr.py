"""The QR code: an address that any phone opens, and behind its `#` the signed claims, which no server sees.

A look-alike site can show what it likes, but cannot make a fragment that anybody's verifier accepts.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from services.certificates.paper.extra import needed

CORRECTION = "M"  # 15 % of the code may be dirty or folded


def address(public_url: str, message: bytes) -> str:
    """Return the text of the code."""
    return f"{public_url}/v#{urlsafe_b64encode(message).rstrip(b'=').decode()}"


def message_of(text: str) -> bytes:
    """Return the signed message of a scanned text; raises ValueError."""
    payload = text.rpartition("#")[2].strip()
    return urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def svg(text: str) -> str:
    """Return the code as a drawing without the quiet zone, which the page leaves around it."""
    return str(needed("zxingcpp").write_barcode_to_svg(_code(text), add_quiet_zones=False))


def version(text: str) -> int:
    """Return the QR version: 1 has 21 modules a side, each further one 4 more."""
    image = needed("zxingcpp").write_barcode_to_image(_code(text), add_quiet_zones=False)
    (_, modules) = memoryview(image).shape or (0, 0)
    return (modules - 17) // 4


def _code(text: str) -> Any:
    zxing = needed("zxingcpp")
    return zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level=CORRECTION)
