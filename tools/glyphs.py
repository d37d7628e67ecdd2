"""Writes which characters the fonts of the certificate page can show, so that the lint needs no font.

`python -m tools.glyphs` writes the file from the fonts of the extra `paper`; `--check` says whether it is as they are.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import typst
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from services.certificates.paper.printing.glyphs import FONT, font_file
from services.certificates.proofs.signing import glyphs

FILE = Path(glyphs.__file__).with_name(glyphs.FILE)
LATIN = "Libertinus Serif"  # inside the Typst library, for letters that the Chinese font has not
OPEN_TYPE = b"OTTO"
LARGEST = 1 << 20  # bytes of a font inside the library


def written() -> str:
    """Return the file as the fonts say."""
    font = font_file().read_bytes()
    chinese = TTCollection(BytesIO(font), lazy=True)
    face = next(font for font in chinese.fonts if font["name"].getBestFamilyName() == FONT)
    covered = {*face.getBestCmap(), *inner(Path(typst.__file__).parent).getBestCmap()}
    head = f"# {FONT}, and {LATIN} of Typst: SHA-256 of the first, then what has a glyph. Written by tools/glyphs.py."
    body = textwrap.wrap(" ".join(runs(sorted(covered))), 108, break_on_hyphens=False)
    return "\n".join([head, sha256(font).hexdigest(), *body]) + "\n"


def inner(folder: Path) -> TTFont:
    """Return the Latin font from inside the library in `folder`."""
    for library in sorted(folder.glob("_typst*")):
        for font in fonts(library.read_bytes()):
            if font["name"].getBestFullName() == LATIN:
                return font
    raise LookupError(f"{LATIN} is not in {folder}")


def fonts(content: bytes) -> Iterator[TTFont]:
    """Yield the OpenType fonts in a file."""
    place = -1
    while (place := content.find(OPEN_TYPE, place + 1)) >= 0:
        try:
            font = TTFont(BytesIO(content[place : place + LARGEST]), lazy=True)
            font["name"].getBestFullName()
        except (TTLibError, KeyError, AssertionError, ValueError):
            continue
        yield font


def runs(codes: Iterable[int]) -> Iterator[str]:
    """Return sorted code points as runs, FIRST-LAST or ONE."""
    first = last = -2
    for code in (*codes, sys.maxsize):
        if code != last + 1:
            if first >= 0:
                yield f"{first:X}" if first == last else f"{first:X}-{last:X}"
            first = code
        last = code


def main() -> int:
    """Write the file, or with --check compare it; 1 when it is out of date."""
    text = written()
    if "--check" in sys.argv[1:]:
        return int(FILE.read_text("ascii") != text)
    FILE.write_text(text, "ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
