"""Taking places that nobody else gets: random entries of status lists, serials without gaps.

The counter's row is locked until COMMIT, so that what a transaction took is given back when it fails.
"""

import secrets
from typing import NamedTuple

from sqlalchemy import select, update

from services.certificates.document.domain.document import StatusEntry
from services.certificates.issuing.storage.certificates import TABLE
from services.certificates.issuing.storage.rows.counters import CounterRow
from services.kit.storage.store import Transaction

COUNTERS = CounterRow.__table__  # type: ignore[attr-defined]
ENTRIES = 131_072  # of a status list: the least that the Bitstring Status List specification allows
USED = ENTRIES * 3 // 4  # so that a free random entry is found soon
STATUS = "status"
CHUNK = 500


class Places(NamedTuple):
    """Entries of status lists, and whether they are the first of a list."""

    entries: list[StatusEntry]
    begun: bool


async def take(tx: Transaction, scope: str, count: int) -> int:
    """Take `count` following numbers of a scope; returns how many were taken before."""
    await tx.execute(tx.upsert(COUNTERS).values(scope=scope, taken=0).on_conflict_do_nothing())
    locked = select(COUNTERS.c.taken).where(COUNTERS.c.scope == scope).with_for_update()
    before = int((await tx.execute(locked)).scalar_one())
    await tx.execute(update(COUNTERS).where(COUNTERS.c.scope == scope).values(taken=before + count))
    return before


async def take_status_entries(tx: Transaction, count: int) -> Places:
    """Take random free entries of the status list in use; the next list is begun where it is used up."""
    before = await take(tx, STATUS, count)
    entries: list[StatusEntry] = []
    while len(entries) < count:
        number, used = divmod(before + len(entries), USED)
        room = min(count - len(entries), USED - used)
        list_id = str(number + 1)
        entries += [StatusEntry(list_id, index) for index in await _free(tx, list_id, room)]
    return Places(entries, begun=before % USED == 0 or before // USED < (before + count - 1) // USED)


async def _free(tx: Transaction, list_id: str, count: int) -> list[int]:
    found: dict[int, None] = {}
    while len(found) < count:
        drawn = {secrets.randbelow(ENTRIES) for _ in range(min(count - len(found), CHUNK))}
        in_use = select(TABLE.c.status_index).where(
            TABLE.c.status_list == list_id, TABLE.c.status_index.in_(list(drawn))
        )
        drawn -= {row.status_index for row in await tx.execute(in_use)}
        found |= dict.fromkeys(drawn)
    return list(found)[:count]
