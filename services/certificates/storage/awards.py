"""Keeping completions, results and their withdrawals: whichever comes first makes the row, neither undoes the other.

Storing locks the source until COMMIT, so that an award and its withdrawal never decide at the same time.
"""

from typing import Any

from sqlalchemy import func

from services.certificates.domain.award import Award, Withdrawal, to_json
from services.certificates.storage.rows import AwardRow
from services.kit.storage.store import Transaction

TABLE: Any = AwardRow.__table__  # type: ignore[attr-defined]
LONGEST_NOTE = 1000


async def keep_award(tx: Transaction, award: Award) -> bool:
    """Store the award unless its source has one; returns whether the source is withdrawn already."""
    withdrawn_on = await _keep(tx, award.source, award.kind, {"award": to_json(award)})
    return withdrawn_on is not None


async def keep_withdrawal(tx: Transaction, withdrawal: Withdrawal) -> None:
    """Store the withdrawal unless its source has one."""
    values = {"withdrawn_on": withdrawal.withdrawn_on, "withdrawal_note": withdrawal.note[:LONGEST_NOTE]}
    await _keep(tx, withdrawal.source, withdrawal.kind, values)


async def _keep(tx: Transaction, source: str, kind: str, values: dict[str, Any]) -> Any:
    frame = {
        "name": source,
        "parent": "",
        "kind": kind,
        "create_time": tx.now,
        "update_time": tx.now,
        "version": 1,
    }
    insert = tx.upsert(TABLE).values({"withdrawal_note": "", **frame, **values})
    changed: dict[str, Any] = {
        column: func.coalesce(TABLE.c[column], insert.excluded[column]) for column in values
    }
    if "withdrawal_note" in values:
        changed["withdrawal_note"] = func.coalesce(
            func.nullif(TABLE.c.withdrawal_note, ""), values["withdrawal_note"]
        )
    changed |= {"version": TABLE.c.version + 1, "update_time": tx.now}
    statement = insert.on_conflict_do_update(index_elements=["name"], set_=changed)
    return (await tx.execute(statement.returning(TABLE.c.withdrawn_on))).scalar_one()
