"""Many new rows of one command in one flush."""

from collections.abc import Sequence

from services.kit.storage.rows import Entity
from services.kit.storage.store import Transaction


async def insert_all(tx: Transaction, rows: Sequence[Entity]) -> None:
    """Store new rows whose names and keys the caller knows to be free."""
    for row in rows:
        row.create_time = row.update_time = tx.now
    tx.session.add_all(rows)
    await tx.session.flush()


async def touch_all(tx: Transaction, rows: Sequence[Entity]) -> None:
    """Write changed rows; raises CONCURRENT_CHANGE where somebody else changed one first."""
    for row in rows:
        row.update_time = tx.now
    await tx.session.flush()
