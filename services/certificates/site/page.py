"""The verify page with the issuer's keys pinned into it, and a policy that lets nothing run but its own script."""

import json
import re
from typing import NamedTuple

from services.kit.http.headers import digest, policy
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
    return Page(text.encode(), policy(script_src=_hashes(SCRIPT, text), style_src=_hashes(STYLE, text)))


def _hashes(element: re.Pattern[str], text: str) -> str:
    return " ".join(map(digest, element.findall(text)))
