"""What status lists have to tell, read from the certificates, and their published versions."""

from typing import Any, NamedTuple

from sqlalchemy import func, select

from services.certificates.document.domain.certificate import State
from services.certificates.issuing.storage.rows.certificates import TOLD, CertificateRow
from services.certificates.standing.storage.rows.statuses import StatusListRow
from services.kit.errors import conflict
from services.kit.storage.store import Transaction

TABLE: Any = CertificateRow.__table__  # type: ignore[attr-defined]


class Told(NamedTuple):
    """One entry that is not simply valid."""

    place: int
    state: State


async def lists(tx: Transaction) -> list[str]:
    """Return the ids of the lists that any certificate has a place in; one index look-up a list."""
    found: list[str] = []
    while following := await _after(tx, found[-1] if found else ""):
        found.append(following)
    return found


async def _after(tx: Transaction, list_id: str) -> str:
    first = select(func.min(TABLE.c.status_list)).where(TABLE.c.status_list > list_id)
    return (await tx.execute(first)).scalar_one_or_none() or ""


async def told(tx: Transaction, list_id: str) -> list[Told]:
    """Return the entries of a list that are not simply valid; a partial index holds only those."""
    wanted = select(TABLE.c.status_index, TABLE.c.state).where(TABLE.c.status_list == list_id, TOLD)
    rows = await tx.execute(wanted)
    return [Told._make(row) for row in rows]


async def published(tx: Transaction) -> dict[str, StatusListRow]:
    """Return the newest version of every list, by name."""
    return {row.name: row for row in await tx.all(select(StatusListRow))}


async def lock_at(tx: Transaction, name: str, sequence: int) -> StatusListRow | None:
    """Return the list locked, None before its first version; raises CONCURRENT_CHANGE where another was faster."""
    row = await tx.one(select(StatusListRow).where(StatusListRow.name == name).with_for_update())
    if (row.sequence if row is not None else 0) != sequence:
        raise conflict("CONCURRENT_CHANGE", f"{name} was published by another process meanwhile.", name=name)
    return row
