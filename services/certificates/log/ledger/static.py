"""The log as static files: what a path of the public address is, and how long caches may keep it."""

import re
from pathlib import Path
from typing import NamedTuple

FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=2"
WHILE_PARTIAL = "public, max-age=60"  # never changes, but goes away once the full tile is there
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
RESOURCE = re.compile(
    r"(?P<year>\d{4})/"
    r"(?:(?P<text>checkpoint|checkpoint\.witnessed|vkeys)"
    r"|tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x\d{3}/)*\d{3}"
    r"(?P<partial>\.p/(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]))?)"
)


class Resource(NamedTuple):
    """A file and the headers it is served with."""

    path: Path
    content_type: str
    cache_control: str


def resource(folder: Path, path: str) -> Resource | None:
    """Return what `path` (below `<host>/log/`) is, None where it is nothing of a log."""
    found = RESOURCE.fullmatch(path)
    if found is None:
        return None
    if found["text"]:
        return Resource(folder / path, TEXT, BRIEFLY)
    return Resource(folder / path, BYTES, WHILE_PARTIAL if found["partial"] else FOREVER)
