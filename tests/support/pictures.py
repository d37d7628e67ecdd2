"""Pictures without a picture library: PNG and PGM files as gray pixels, for QR readers."""

import struct
import zlib
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Picture(NamedTuple):
    """Rows of gray pixels, one byte each, from the top left."""

    width: int
    height: int
    pixels: bytes

    def view(self) -> memoryview:
        """Return the pixels as readers take them: a matrix of bytes."""
        return memoryview(self.pixels).cast("B", (self.height, self.width))


def gray_png(data: bytes) -> Picture:
    """Return an 8-bit RGB or RGBA picture by its green channel."""
    assert data.startswith(SIGNATURE)
    chunks, place = {}, len(SIGNATURE)
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        chunks[kind] = chunks.get(kind, b"") + data[place + 8 : place + 8 + length]
        place += length + 12
    width, height, depth, color = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert depth == 8
    step = {2: 3, 6: 4}[color]
    rows = unfiltered(zlib.decompress(chunks[b"IDAT"]), width * step, step)
    return Picture(width, height, b"".join(bytes(row[1::step]) for row in rows))


def unfiltered(raw: bytes, stride: int, step: int):
    """Yield the rows of a PNG with their filters undone."""
    above = bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        row = bytearray(raw[start + 1 : start + 1 + stride])
        undo(raw[start], row, above, step)
        yield row
        above = row


def undo(kind: int, row: bytearray, above: bytearray, step: int) -> None:
    """Undo one filter in place."""
    for i in range(len(row)) if kind else ():
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        row[i] = (row[i] + guess(kind, left, above[i], corner)) & 255


def guess(kind: int, left: int, up: int, corner: int) -> int:
    """Return what a filter took a byte to be."""
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    distances = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    return (left, up, corner)[distances.index(min(distances))]


def gray_pgm(data: bytes) -> Picture:
    """Return a binary PGM picture."""
    kind, width, height, most, pixels = data.split(maxsplit=4)
    assert (kind, most) == (b"P5", b"255")
    return Picture(int(width), int(height), pixels)
