"""Keeping the twins of certificates: whoever makes one first decides on its bytes."""

from sqlalchemy import select

from services.certificates.paper.storage.rows.twins import TwinRow
from services.kit.storage.store import Transaction


async def find(tx: Transaction, name: str) -> bytes | None:
    """Return the twin that was made of a certificate, or None."""
    return await tx.one(select(TwinRow.content).where(TwinRow.name == name))


async def keep(tx: Transaction, name: str, content: bytes) -> bytes:
    """Store the twin of a certificate; returns the one that was stored first."""
    statement = tx.upsert(TwinRow.__table__)  # type: ignore[attr-defined]
    await tx.execute(statement.values(name=name, content=content).on_conflict_do_nothing())
    return (await tx.execute(select(TwinRow.content).where(TwinRow.name == name))).scalar_one()
