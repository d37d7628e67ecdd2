"""Files on their way up: the fields of the messages that carry one, part by part."""

from collections.abc import Mapping
from typing import Any

CHUNK = 512 * 1024  # bytes a message


def parts(
    content: bytes, *, first: Mapping[str, Any] | None = None, every: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return the fields of each message; `first` goes with the first alone, an empty file is one message."""
    starts = range(0, max(len(content), 1), CHUNK)
    found = [{**(every or {}), "chunk": content[start : start + CHUNK]} for start in starts]
    found[0] |= first or {}
    return found
