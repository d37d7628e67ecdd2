"""Pages: signed claims, QR code and PDF/A-3b with its files, against a line on an empty page in the same font."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.paper.printing import claims, cose, qr
from services.certificates.paper.printing.glyphs import pinned_font
from services.certificates.paper.printing.sheet import Attachment, Layout, Particulars, sheet
from services.certificates.paper.printing.typesetter import STANDARD, Typesetter
from services.certificates.proofs.signing import jcs
from services.certificates.proofs.signing.signer import FileSigner
from tests.support.documents import GRADE, ISSUER, documents

DAY = date(2026, 5, 20)
DIGEST = bytes(range(32))
EMPTY = Path(__file__).with_name("empty.typ")


class Pages(NamedTuple):
    """Pages and empty pages a CPU-second of this process, and the bytes of one page."""

    per_second: float
    empty_per_second: float
    size: int


def measure(count: int, rounds: int) -> Pages:
    """Set `count` different pages `rounds` times, each beside as many empty ones; the best round counts."""
    typesetter, signer = Typesetter(), FileSigner("", Ed25519PrivateKey.generate())
    files, empty = _files(), _compiler()
    size = len(_page(typesetter, signer, files, 0))  # loads the fonts
    found, ground = 0.0, 0.0
    for _ in range(rounds):
        found = max(found, _rate(lambda n: _page(typesetter, signer, files, n), count))
        ground = max(ground, _rate(lambda n: _empty(empty, n), count))
    typesetter.close()
    return Pages(found, ground, size)


def _rate(make: Callable[[int], bytes], count: int) -> float:
    started = time.process_time()
    for number in range(count):
        make(number)
    return count / (time.process_time() - started)


def _page(typesetter: Typesetter, signer: FileSigner, files: Sequence[Attachment], number: int) -> bytes:
    award = replace(GRADE, holder_name="阿依古丽·买买提"[: 2 + number % 7])
    printed = f"DE26{number:014}"
    claimed = claims.Claims(
        issuer=ISSUER.did, number=printed, holder=award.holder_name, kind=award.kind, occupation=award.occupation,
        direction=award.direction, level=award.level, issued=DAY, document=DIGEST[: claims.HASH],
    )  # fmt: skip
    code = qr.svg(qr.address(ISSUER.url, cose.sign1(claims.encode(claimed), signer)))
    particulars = Particulars(printed, DAY, None, DIGEST.hex(), ISSUER.name, ISSUER.did)
    return typesetter.set(sheet(award, particulars, Layout.PRINT), code, files)


def _compiler() -> typst.Compiler:
    fonts = [str(pinned_font().parent)]
    return typst.Compiler(str(EMPTY), font_paths=fonts, ignore_system_fonts=True)


def _empty(compiler: typst.Compiler, number: int) -> bytes:
    inputs = {"number": str(number)}
    return bytes(compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=STANDARD))


def _files() -> list[Attachment]:
    """Return a document, and files as long as twin, proof and status list are."""
    document = jcs.profile_form(documents()["grade"]).decode()
    others = {"credential.sd-jwt": 2900, "proof.tlog-proof": 1100, "status.json": 1300}
    return [
        Attachment("credential.json", "application/vc", "credential", document),
        *(
            Attachment(name, "text/plain", name, DIGEST.hex() * (length // 64))
            for name, length in others.items()
        ),
    ]
