"""Which characters the font can show: a name with an empty box in it must never be printed."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from services.certificates.domain.reasons import Reason
from services.certificates.paper.extra import needed
from services.kit.errors import Violation, invalid

FONT = "Noto Sans CJK SC"


def font_file() -> Path:
    """Return the font collection that pages are set in; raises PAPER_NOT_INSTALLED."""
    return Path(str(needed("noto_cjk_sans_otc").FONT_PATH))


@cache
def covered() -> frozenset[int]:
    """Return the code points that the font has a glyph for."""
    collection = needed("fontTools.ttLib").TTCollection(str(font_file()), lazy=True)
    face = next(font for font in collection.fonts if font["name"].getBestFamilyName() == FONT)
    return frozenset(face.getBestCmap())


def require_glyphs(texts: Iterable[tuple[str, str]]) -> None:
    """Check (field, text) pairs; raises GLYPH_MISSING that names every character without a glyph."""
    known = covered()
    wrong = [
        Violation(field, f"no glyph for {_named(missing)}", Reason.GLYPH_MISSING)
        for field, text in texts
        if (missing := [letter for letter in dict.fromkeys(text) if ord(letter) not in known])
    ]
    if wrong:
        said = "; ".join(f"{violation.field}: {violation.message}" for violation in wrong)
        raise invalid(Reason.GLYPH_MISSING, f"The certificate cannot be printed: {said}.", *wrong)


def _named(letters: Iterable[str]) -> str:
    return ", ".join(f"{letter} U+{ord(letter):04X}" for letter in letters)
