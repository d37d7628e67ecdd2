"""Reading and changing batches, and which certificates are in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, update

from services.certificates.document.domain.certificate import State
from services.certificates.issuing.domain.batch import BatchState
from services.certificates.issuing.storage.certificates import TABLE
from services.certificates.issuing.storage.rows.batches import BatchRow
from services.kit.storage.store import Transaction

CHUNK = 500
WAITS = (TABLE.c.state == State.INTENT, TABLE.c.awaits_release, TABLE.c.batch.is_(None))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of an owner's waiting certificates: those in `names`, or all that fit what is not empty."""

    owner: str
    names: tuple[str, ...] = ()
    occupation: str = ""
    direction: str = ""
    level: int = 0
    awarded_on: date | None = None


class Counts(NamedTuple):
    """How many certificates of a batch have been signed, were withdrawn before, or have the lint against them."""

    issued: int = 0
    withdrawn: int = 0
    refused: int = 0


async def waiting(tx: Transaction, choice: Choice, limit: int) -> dict[str, str]:
    """Return document digests by name of what waits and is in no batch, locked until COMMIT in the order of names."""
    if not choice.names:
        return await _lock(tx, _fitting(choice), limit)
    found: dict[str, str] = {}
    for names in _chunks(sorted(set(choice.names))):
        found |= await _lock(tx, [*_fitting(choice), TABLE.c.name.in_(names)], limit)
    return found


def _fitting(choice: Choice) -> list[Any]:
    fields = ("occupation", "direction", "level", "awarded_on")
    wanted = {field: value for field in fields if (value := getattr(choice, field))}
    return [*WAITS, TABLE.c.owner == choice.owner, *(TABLE.c[field] == wanted[field] for field in wanted)]


async def _lock(tx: Transaction, conditions: list[Any], limit: int) -> dict[str, str]:
    found = select(TABLE.c.name, TABLE.c.document_sha256).where(*conditions).order_by(TABLE.c.name)
    return {row.name: row.document_sha256 for row in await tx.execute(found.limit(limit).with_for_update())}


async def put(tx: Transaction, batch: str, names: Sequence[str]) -> None:
    """Put certificates into a batch; only while `waiting` holds them."""
    for some in _chunks(list(names)):
        await tx.execute(update(TABLE).where(TABLE.c.name.in_(some)).values(_changed(tx, batch=batch)))


async def digests(tx: Transaction, batch: str) -> list[str]:
    """Return the document digests of all certificates of a batch, withdrawn ones too."""
    return list(await tx.all(select(TABLE.c.document_sha256).where(TABLE.c.batch == batch)))


async def release(tx: Transaction, batch: str) -> None:
    """Let what still waits in a batch be signed."""
    waits = TABLE.c.batch == batch, TABLE.c.state == State.INTENT
    await tx.execute(update(TABLE).where(*waits).values(_changed(tx, awaits_release=False)))


async def free(tx: Transaction, batch: str) -> None:
    """Take everything out of a batch."""
    await tx.execute(update(TABLE).where(TABLE.c.batch == batch).values(_changed(tx, batch=None)))


def _changed(tx: Transaction, **values: Any) -> dict[str, Any]:
    return values | {"version": TABLE.c.version + 1, "update_time": tx.now}


async def counts(tx: Transaction, batches: Sequence[str]) -> dict[str, Counts]:
    """Return how far batches are, by name; those without certificates are left out."""
    never_signed = (TABLE.c.log_position == "") & (TABLE.c.rdf_sha256 == "")
    ended_unsigned = (TABLE.c.state == State.REVOKED) & never_signed
    waits = TABLE.c.state == State.INTENT
    found = select(
        TABLE.c.batch,
        _count(~waits & ~ended_unsigned),
        _count(ended_unsigned),
        _count(waits & (TABLE.c.refusal != "")),
    )
    rows = await tx.execute(found.where(TABLE.c.batch.in_(list(batches))).group_by(TABLE.c.batch))
    return {row[0]: Counts(*map(int, row[1:])) for row in rows}


async def finished(tx: Transaction) -> list[str]:
    """Return the names of released batches of which nothing waits any more, in order."""
    signing = TABLE.c.batch == BatchRow.name, TABLE.c.state == State.INTENT
    waits = select(TABLE.c.name).where(*signing).exists()
    found = select(BatchRow.name).where(BatchRow.state == BatchState.RELEASED, ~waits)
    return list(await tx.all(found.order_by(BatchRow.name)))


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _chunks(names: list[str]) -> list[list[str]]:
    return [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
