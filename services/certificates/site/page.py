"""The verify page with the issuer's keys pinned into it, and a policy that lets nothing run but its own script."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple

from services.verifier.page_copy import page

SCRIPT = re.compile(r'<script(?![^>]*"application/json")[^>]*>(.*?)</script>', re.DOTALL)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Page(NamedTuple):
    """The page, and the Content-Security-Policy that fits it."""

    content: bytes
    policy: str


def pinned(did_document: bytes | None) -> Page:
    """Return the page; without a document its reader has to bring the keys."""
    text = page([json.loads(did_document)] if did_document else [])
    policy = (
        f"default-src 'none'; script-src {_hashes(SCRIPT, text)}; style-src {_hashes(STYLE, text)}; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Page(text.encode(), policy)


def _hashes(element: re.Pattern[str], text: str) -> str:
    digests = (sha256(found.encode()).digest() for found in element.findall(text))
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
