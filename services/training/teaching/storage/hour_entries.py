"""The ledger of learning hours in the database."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from services.kit.storage.store import Transaction
from services.training.teaching.storage.rows.hour_entries import HourEntryRow


class Sum:
    """What one enrollment gathered, corrections applied: tenths by (item, mode), and the last day of teaching."""

    def __init__(self) -> None:
        self.totals: dict[tuple[str, str], int] = {}
        self.last_day: date | None = None

    def add(self, item: str, mode: str, hours: int, day: date) -> None:
        """Take in one group of entries."""
        self.totals[item, mode] = hours
        if hours:
            self.last_day = max(self.last_day or day, day)


async def sums(tx: Transaction, enrollments: Sequence[str]) -> dict[str, Sum]:
    """Return what these enrollments gathered; one without entries has an empty Sum."""
    found: defaultdict[str, Sum] = defaultdict(Sum)
    for row in await tx.execute(_effective(enrollments)):
        found[row.parent].add(row.item, row.mode, row.hours, row.day)
    return found


def _effective(enrollments: Sequence[str]) -> Any:
    """Sum the entries that no other entry corrects; entries struck out to 0 do not move the last day."""
    entry: Any = aliased(HourEntryRow)
    later: Any = aliased(HourEntryRow)
    corrected = select(later.name).where(later.corrects == entry.name).exists()
    keys = (entry.parent, entry.item, entry.mode)
    return (
        select(*keys, func.sum(entry.hours).label("hours"), func.max(entry.taught_on).label("day"))
        .where(entry.parent.in_(enrollments), entry.hours > 0, ~corrected)
        .group_by(*keys)
    )


async def existing(tx: Transaction, names: Sequence[str]) -> set[str]:
    """Return which of these entries exist."""
    return set(await tx.all(select(HourEntryRow.name).where(HourEntryRow.name.in_(names))))


async def corrected(tx: Transaction, names: Sequence[str]) -> set[str]:
    """Return which of these entries were corrected already."""
    statement = select(HourEntryRow.corrects).where(HourEntryRow.corrects.in_(names))
    return {name for name in await tx.all(statement) if name is not None}
