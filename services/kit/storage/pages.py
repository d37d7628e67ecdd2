"""Keyset pages: a token names the last row seen and belongs to one query."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select

from services.kit.errors import Violation, invalid

Row = TypeVar("Row")
DEFAULT_SIZE = 50
LARGEST_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the order of their names; `next_page_token` is empty on the last page."""

    rows: Sequence[Row]
    next_page_token: str


def matching(row: type[Any], **filters: Any) -> Select[Any]:
    """Return the SELECT of the rows whose columns equal `filters`; "", 0 and None leave one out."""
    wanted = {column: value for column, value in filters.items() if value}
    return select(row).where(*(getattr(row, column) == value for column, value in wanted.items()))


def size_of(page_size: int) -> int:
    """Return the number of rows to read: 0 means the default, more than the largest is cut."""
    return min(page_size or DEFAULT_SIZE, LARGEST_SIZE)


def write_token(statement: Select, last: str) -> str:
    """Return the token that continues `statement` after the row named `last`."""
    return base64.urlsafe_b64encode(_mark(statement) + last.encode()).decode().rstrip("=")


def read_token(statement: Select, token: str) -> str:
    """Return the name after which to continue; raises INVALID_PAGE_TOKEN for a token of another query."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        mark, last = raw[:8], raw[8:].decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _refuse() from None
    if mark != _mark(statement):
        raise _refuse()
    return last


def _mark(statement: Select) -> bytes:
    compiled = statement.compile()
    text = f"{compiled}|{sorted((key, str(value)) for key, value in compiled.params.items())}"
    return hashlib.blake2s(text.encode(), digest_size=8).digest()


def _refuse() -> Exception:
    message = "page_token is not one that this List gave for these filters; start again without it."
    return invalid("INVALID_PAGE_TOKEN", message, Violation("page_token", message, "INVALID_PAGE_TOKEN"))
