"""The font that pages are set in, and the refusal of texts that it cannot show."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from services.certificates.paper.printing.extra import INSTALL, needed
from services.certificates.proofs.signing.glyphs import coverage, missing, named
from services.certificates.reasons import Reason
from services.kit.errors import Violation, invalid, precondition

FONT = "Noto Sans CJK SC"


def font_file() -> Path:
    """Return the font collection that pages are set in; raises PAPER_NOT_INSTALLED."""
    return Path(str(needed("noto_cjk_sans_otc").FONT_PATH))


def pinned_font() -> Path:
    """Return the font collection where it is the one whose characters are known; raises PAPER_NOT_INSTALLED."""
    path = font_file()
    if sha256(path.read_bytes()).hexdigest() != coverage().font_sha256:
        message = (
            f"{path.name} is another version than the one that pages are set in; as it should be: {INSTALL}"
        )
        raise precondition(Reason.PAPER_NOT_INSTALLED, message, module="noto_cjk_sans_otc")
    return path


def require_glyphs(texts: Iterable[tuple[str, str]]) -> None:
    """Check (field, text) pairs; raises GLYPH_MISSING that names every character without a glyph."""
    wrong = [
        Violation(field, f"no glyph for {named(letters)}", Reason.GLYPH_MISSING)
        for field, text in texts
        if (letters := missing(text))
    ]
    if wrong:
        said = "; ".join(f"{violation.field}: {violation.message}" for violation in wrong)
        raise invalid(Reason.GLYPH_MISSING, f"The certificate cannot be printed: {said}.", *wrong)
