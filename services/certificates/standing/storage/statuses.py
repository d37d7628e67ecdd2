"""What status lists have to tell, read from the certificates, and their published versions."""

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import col

from services.certificates.issuing.storage.rows.certificates import TOLD, CertificateRow, StatusListRow
from services.kit.errors import conflict
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction

TABLE: Any = CertificateRow.__table__  # type: ignore[attr-defined]


class Told(NamedTuple):
    """One entry that is not simply valid."""

    place: int
    state: str


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


async def page(tx: Transaction, size: int, token: str) -> Page[StatusListRow]:
    """Return one page of the newest versions, by name."""
    return await tx.page(select(StatusListRow), StatusListRow, size, token)


async def lock_at(tx: Transaction, name: str, sequence: int) -> StatusListRow | None:
    """Return the list locked, None before its first version; raises CONCURRENT_CHANGE where another was faster."""
    statement = select(StatusListRow).where(col(StatusListRow.name) == name).with_for_update()
    row: StatusListRow | None = await tx.one(statement)
    if (row.sequence if row is not None else 0) != sequence:
        raise conflict("CONCURRENT_CHANGE", f"{name} was published by another process meanwhile.", name=name)
    return row
