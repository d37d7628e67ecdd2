"""Sets pages with one kept Typst compiler, in a thread of its own: the same input always gives the same bytes."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.certificates.paper.printing.extra import needed
from services.certificates.paper.printing.glyphs import pinned_font, require_glyphs
from services.certificates.paper.printing.sheet import Attachment, Sheet, inputs

TEMPLATES = Path(__file__).parent / "templates"
STANDARD = "a-3b"  # PDF/A-3: for archives, and may carry files of any kind


class Typesetter:
    """Makes PDF files; a compiler serves one thread, and Typst lets the others run meanwhile."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "typesetter")
        self.compiler: Any = None

    async def pdf(self, page: Sheet, code: str, attachments: Sequence[Attachment]) -> bytes:
        """Return the page as PDF/A-3b; `code` is the QR drawing. Raises GLYPH_MISSING, PAPER_NOT_INSTALLED."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, self.set, page, code, attachments)

    def set(
        self, page: Sheet, code: str, attachments: Sequence[Attachment], form: str = "pdf", ppi: float = 144
    ) -> bytes:
        """Return the page as PDF, or as a picture for `form` "png"; for callers with a thread of their own."""
        require_glyphs(page.texts())
        values = inputs(page) | {"code": code, "attachments": _listed(attachments)}
        how = {"pdf_standards": STANDARD} if form == "pdf" else {"ppi": ppi}
        return bytes(self._compiler().compile(format=form, sys_inputs=values, **how))

    def _compiler(self) -> Any:
        if self.compiler is None:
            self.compiler = needed("typst").Compiler(
                str(TEMPLATES / "certificate.typ"),
                root=str(TEMPLATES),
                font_paths=[str(pinned_font().parent)],
                ignore_system_fonts=True,
            )
        return self.compiler

    def close(self) -> None:
        """Let the thread end."""
        self.thread.shutdown(wait=False, cancel_futures=True)


def _listed(attachments: Sequence[Attachment]) -> str:
    return json.dumps([asdict(attachment) for attachment in attachments], ensure_ascii=False)
