"""The QR code: an address that any phone opens, and behind its `#` the signed claims, which no server sees.

A look-alike site can show what it likes, but cannot make a fragment that anybody's verifier accepts. The claims are
written as one decimal number: a QR code packs three digits into ten bits, so that they take a quarter less room than
as base64url, and digits go through every camera and every address unchanged.
"""

import re
from typing import Any

from services.certificates.paper.printing.extra import needed

NUMBER = re.compile("[1-9][0-9]{0,2999}")
CORRECTION = "M"  # 15 % of the code may be dirty or folded


def address(public_url: str, message: bytes) -> str:
    """Return the text of the code."""
    return f"{public_url}/v#{int.from_bytes(message)}"


def message_of(text: str) -> bytes:
    """Return the signed message of a scanned text; raises ValueError."""
    digits = text.rpartition("#")[2].strip()
    if not NUMBER.fullmatch(digits):
        raise ValueError("no number behind #")
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8)


def svg(text: str) -> str:
    """Return the code as one path without the quiet zone, which the page leaves around it."""
    rows = modules(text)
    runs = "".join(_runs(y, row) for y, row in enumerate(rows))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}">'
    return f'{head}<path shape-rendering="crispEdges" d="{runs}"/></svg>'


def version(text: str) -> int:
    """Return the QR version: 1 has 21 modules a side, each further one 4 more."""
    return (len(modules(text)) - 17) // 4


def modules(text: str) -> list[bytes]:
    """Return the rows of the code; a dark module is 0."""
    image = memoryview(needed("zxingcpp").write_barcode_to_image(_code(text), add_quiet_zones=False))
    (height, width) = image.shape or (0, 0)
    raw = image.tobytes()
    return [raw[y * width : (y + 1) * width] for y in range(height)]


def _runs(y: int, row: bytes) -> str:
    """Return the dark runs of a row as closed rectangles."""
    found = re.finditer(rb"\x00+", row)
    return "".join(f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z" for run in found)


def _code(text: str) -> Any:
    zxing = needed("zxingcpp")
    return zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level=CORRECTION)
