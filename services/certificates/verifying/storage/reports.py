"""Reports, and their bytes beside them."""

from sqlalchemy import select

from services.certificates.verifying.storage.rows.reports import ReportContentRow, ReportRow
from services.kit.storage.store import Transaction


async def insert(tx: Transaction, row: ReportRow, content: bytes) -> ReportRow:
    """Store a report."""
    await tx.insert(row)
    await tx.bulk_insert(ReportContentRow, [{"name": row.name, "content": content}])
    return row


async def content(tx: Transaction, name: str) -> bytes:
    """Return the bytes of a report that exists."""
    wanted = select(ReportContentRow.content).where(ReportContentRow.name == name)
    return bytes((await tx.execute(wanted)).scalar_one())
