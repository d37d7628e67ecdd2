"""What employers used today, counted so that nobody slips through."""

from datetime import date

from services.certificates.verifying.storage.rows.usage import UsageRow
from services.kit.storage.store import Transaction


async def use(tx: Transaction, employer: str, day: date, rows: int) -> int:
    """Count rows towards the day; returns the new sum. Others wait for this transaction to end."""
    statement = tx.upsert(UsageRow.__table__).values(employer=employer, day=day, rows=rows)
    added = statement.on_conflict_do_update(
        index_elements=["employer", "day"], set_={"rows": UsageRow.rows + statement.excluded.rows}
    )
    return int((await tx.execute(added.returning(UsageRow.rows))).scalar_one())
