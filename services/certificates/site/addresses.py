"""Which path below the issuer's address is which file, and with which headers it goes out.

Whatever is not listed here is not there: a path is matched as a whole, and never joined to a folder unmatched.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from services.certificates.document.domain import profile
from services.certificates.log.ledger.static import FOREVER, resource
from services.certificates.site.page import Page, pinned
from services.kit.http.headers import NOTHING

STATUS = re.compile(r"[a-z0-9][a-z0-9-]{0,62}(?P<token>\.jwt)?")
CREDENTIAL = "application/vc"
CREDENTIAL_AS_JSON = "application/ld+json"  # for clients that ask for JSON and know no other name of it
TOKEN = "application/statuslist+jwt"
DID = "application/did+ld+json"
SCHEMA = "application/schema+json"
HTML = "text/html; charset=utf-8"
KEYS_CACHE = "public, max-age=60"
STATUS_CACHE = "public, max-age=30"  # as long as a list says that a copy may be kept


class Folders(NamedTuple):
    """Where the certificates service writes what is published."""

    public: Path
    status: Path
    log: Path


class Found(NamedTuple):
    """Bytes and headers of one path; `shared` is for scripts of other sites too."""

    content: bytes
    content_type: str
    cache_control: str
    policy: str = NOTHING
    shared: bool = True
    varies: bool = False


class Addresses:
    """The paths of one issuer; `public_url` may have a path of its own."""

    def __init__(self, public_url: str, folders: Folders) -> None:
        self.prefix = urlsplit(public_url).path
        self.did = "/did.json" if self.prefix else "/.well-known/did.json"
        self.folders = folders
        self.page = lru_cache(maxsize=1)(pinned)

    def find(self, path: str, accept: str = "") -> Found | None:
        """Return what stands at a path, None where there is nothing; reads files, so it blocks."""
        if not path.startswith(f"{self.prefix}/"):
            return None
        path = path.removeprefix(self.prefix)
        if path == self.did:
            return self._keys("did.json")
        if path == "/reports/did.json":
            return self._keys("reports/did.json")
        if path == f"/{profile.PATH}":
            return Found(profile.SCHEMA_FILE, SCHEMA, FOREVER)
        if path in ("/verify", "/v"):
            return self._page()
        folder, _, rest = path[1:].partition("/")
        return (
            self._status(rest, accept) if folder == "status" else self._log(rest) if folder == "log" else None
        )

    def _keys(self, name: str) -> Found | None:
        content = read(self.folders.public, self.folders.public / name)
        return Found(content, DID, KEYS_CACHE) if content else None

    def _page(self) -> Found:
        page: Page = self.page(read(self.folders.public, self.folders.public / "did.json"))
        return Found(page.content, HTML, KEYS_CACHE, page.policy, shared=False)

    def _status(self, name: str, accept: str) -> Found | None:
        form = STATUS.fullmatch(name)
        content = read(self.folders.status, self.folders.status / name) if form else None
        if form is None or content is None:
            return None
        kind = TOKEN if form["token"] else credential_type(accept)
        return Found(content, kind, STATUS_CACHE, varies=not form["token"])

    def _log(self, path: str) -> Found | None:
        known = resource(self.folders.log, path)
        content = read(self.folders.log, known.path) if known else None
        if known is None or content is None:
            return None
        return Found(content, known.content_type, known.cache_control)


def credential_type(accept: str) -> str:
    """Return the name under which a client takes a credential: its own, unless it asks for JSON alone."""
    return CREDENTIAL_AS_JSON if "json" in accept and f"{CREDENTIAL}," not in f"{accept}," else CREDENTIAL


def read(root: Path, path: Path) -> bytes | None:
    """Return the bytes of a file below `root`; None where it is none, or a link that leads elsewhere."""
    try:
        real = path.resolve(strict=True)
        return real.read_bytes() if real.is_relative_to(root.resolve()) and real.is_file() else None
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return None
