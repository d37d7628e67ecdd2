"""Rows of an institution or a body; for a caller bound to one, those of another do not exist."""

from typing import TypeVar

from services.kit.errors import not_found
from services.kit.storage.rows import Entity
from services.kit.storage.store import Transaction

Owned = TypeVar("Owned", bound=Entity)  # that has an `owner`


async def get(tx: Transaction, table: type[Owned], name: str, owner: str) -> Owned:
    """Return the row; raises NOT_FOUND, also where its owner is another than `owner` (if given)."""
    row = await tx.get(table, name)
    if owner and row.owner != owner:
        raise not_found(name)
    return row


async def lock(tx: Transaction, table: type[Owned], name: str, owner: str, etag: str) -> Owned:
    """Return the row locked until COMMIT; raises NOT_FOUND as `get`, and STALE_ETAG."""
    await get(tx, table, name, owner)
    return await tx.lock(table, name, etag)
