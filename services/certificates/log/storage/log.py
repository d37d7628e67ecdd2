"""Leaves of the transparency log, appended without gaps, and the state of each published tree."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from services.certificates.log.storage.rows.log import LogLeafRow, LogOpeningRow, LogStateRow
from services.kit.storage.store import Transaction

LEAVES: Any = LogLeafRow.__table__  # type: ignore[attr-defined]
STATES: Any = LogStateRow.__table__  # type: ignore[attr-defined]
OPENINGS: Any = LogOpeningRow.__table__  # type: ignore[attr-defined]
CHUNK = 1000  # sources looked up in one statement


class State(NamedTuple):
    """A published tree."""

    origin: str
    size: int
    root: bytes
    frontier: bytes


class Stored(NamedTuple):
    """A leaf as it is hashed."""

    leaf: bytes
    leaf_hash: bytes


class Opening(NamedTuple):
    """What a leaf about no certificate commits to, and the nonce that shows it; `subject` is what it is about."""

    origin: str
    leaf_index: int
    type: str
    subject: str
    nonce: bytes
    says: dict[str, str]


async def lock(tx: Transaction, empty: State) -> int:
    """Keep every other writer from appending to this log until COMMIT; returns the index of its next leaf.

    `empty` is stored where the log has no state yet.
    """
    locked = select(STATES.c.size).where(STATES.c.origin == empty.origin).with_for_update()
    if (await tx.execute(locked)).scalar_one_or_none() is None:
        await tx.execute(tx.upsert(STATES).values(empty._asdict()).on_conflict_do_nothing())
        await tx.execute(locked)
    return await count(tx, empty.origin)


async def count(tx: Transaction, origin: str) -> int:
    """Return how many leaves a log has, published or not."""
    last = await tx.execute(select(func.max(LEAVES.c.leaf_index)).where(LEAVES.c.origin == origin))
    found = last.scalar_one_or_none()
    return 0 if found is None else int(found) + 1


async def positions(tx: Transaction, sources: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return origin and index of the leaves of these sources, by source."""
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(sources), CHUNK):
        wanted = LEAVES.c.source.in_(sources[start : start + CHUNK])
        rows = await tx.execute(select(LEAVES.c.source, LEAVES.c.origin, LEAVES.c.leaf_index).where(wanted))
        found |= {row.source: (row.origin, row.leaf_index) for row in rows}
    return found


async def append(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    """Store leaves; only while `lock` is held."""
    if rows:
        await tx.execute(LEAVES.insert(), rows)


async def leaves(tx: Transaction, origin: str, start: int, limit: int) -> list[Stored]:
    """Return leaves in their order, from index `start` on."""
    statement = select(LEAVES.c.leaf, LEAVES.c.leaf_hash).where(
        LEAVES.c.origin == origin, LEAVES.c.leaf_index >= start, LEAVES.c.leaf_index < start + limit
    )
    return [Stored._make(row) for row in await tx.execute(statement.order_by(LEAVES.c.leaf_index))]


async def leaf(tx: Transaction, origin: str, index: int) -> Stored | None:
    """Return one leaf, or None."""
    found = await leaves(tx, origin, index, 1)
    return found[0] if found else None


async def states(tx: Transaction) -> list[State]:
    """Return the state of every log, oldest origin first."""
    columns = [STATES.c[field] for field in State._fields]
    rows = await tx.execute(select(*columns).order_by(STATES.c.origin))
    return [State._make(row) for row in rows]


async def waiting(tx: Transaction) -> list[State]:
    """Return the state of every log that has leaves beyond its published tree."""
    columns = [STATES.c[field] for field in State._fields]
    beyond = select(LEAVES.c.leaf_index).where(
        LEAVES.c.origin == STATES.c.origin, LEAVES.c.leaf_index >= STATES.c.size
    )
    rows = await tx.execute(select(*columns).where(beyond.exists()).order_by(STATES.c.origin))
    return [State._make(row) for row in rows]


async def advance(tx: Transaction, before: State, after: State) -> bool:
    """Put one state in the place of another; False where somebody else changed it first."""
    unchanged = (STATES.c.origin == before.origin, STATES.c.size == before.size, STATES.c.root == before.root)
    values = {"size": after.size, "root": after.root, "frontier": after.frontier}
    changed = await tx.execute(update(STATES).where(*unchanged).values(values).returning(STATES.c.size))
    return len(changed.all()) == 1


async def add_states(tx: Transaction, empty: Iterable[State]) -> None:
    """Store the state of new logs; those that have one keep it."""
    for state in empty:
        await tx.execute(tx.upsert(STATES).values(state._asdict()).on_conflict_do_nothing())


async def openings(tx: Transaction, types: Sequence[str]) -> list[Opening]:
    """Return the openings of leaves of these types, oldest first."""
    wanted = select(*(OPENINGS.c[field] for field in Opening._fields)).where(OPENINGS.c.type.in_(list(types)))
    rows = await tx.execute(wanted.order_by(OPENINGS.c.origin, OPENINGS.c.leaf_index))
    return [Opening._make(row) for row in rows]


async def keep_openings(tx: Transaction, fresh: Sequence[Opening]) -> None:
    """Store openings; what another process stored first stays."""
    if fresh:
        statement = tx.upsert(OPENINGS).on_conflict_do_nothing()
        await tx.execute(statement, [one._asdict() for one in fresh])
