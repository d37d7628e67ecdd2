"""A copy of the web page with keys pinned into it, for whoever hosts it; it then needs nothing beside it."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

EMPTY = '<script id="pinned" type="application/json">[]</script>'


def page(did_documents: Sequence[Any] = ()) -> str:
    """Return the page as HTML; without documents it looks for did.json beside it."""
    text = files("services.verifier").joinpath("page", "index.html").read_text("utf-8")
    pinned = json.dumps(list(did_documents), ensure_ascii=False).replace("<", "\\u003c")
    return text.replace(EMPTY, EMPTY.replace("[]", pinned))
