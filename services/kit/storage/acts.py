"""Acts as rows: written at the end of a transaction, found by their request and by the resources they changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select

from services.kit.acts.act import MOST_SHOWN, Act, DoneAct
from services.kit.acts.actor import ACTOR, Actor

if TYPE_CHECKING:
    from services.kit.storage.store import Transaction

MOST_DETAILS = 4000  # characters of JSON
LARGEST_PAGE = 1000
SHOWN = [field.name for field in fields(DoneAct)]


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a command: the names of its rows, with "*" before the table where it was a list."""

    table: str = ""
    names: Sequence[str] = ()


NOTHING = Result()


async def write(tx: "Transaction", acts: Sequence[tuple[dict[str, Any], Sequence[str]]]) -> None:
    """Insert acts, each with the names it is found under."""
    tables = tx.store.tables
    statement = tables.acts.insert().returning(tables.acts.c.position, sort_by_parameter_order=True)
    positions = (await tx.execute(statement, [values for values, _ in acts])).scalars().all()
    found_under = [
        {"name": name, "position": position}
        for position, (_, names) in zip(positions, acts, strict=True)
        for name in names
    ]
    if found_under:
        await tx.execute(tables.act_names.insert(), found_under)


def columns(tx: "Transaction", act: Act, actor: Actor, result: Result, *, repeatable: bool) -> dict[str, Any]:
    """Return the row of an act; raises ValueError where its details are too long to keep."""
    if len(json.dumps(act.details, ensure_ascii=False)) > MOST_DETAILS:
        raise ValueError(
            f"the details of an act have at most {MOST_DETAILS} characters; give counts, not lists"
        )
    names, moves = list(act.names), [[name, *states] for name, states in act.moves.items()]
    return {
        "time": tx.now,
        "subject": actor.subject,
        "roles": sorted(actor.roles),
        "tenant": actor.tenant,
        "duties": sorted(actor.duties),
        "method": actor.method,
        "step": actor.finished,
        "request_id": actor.request_id or None,
        "fingerprint": actor.fingerprint if repeatable else None,
        "names": names[:MOST_SHOWN],
        "name_count": len(names),
        "moves": moves[:MOST_SHOWN],
        "reason": act.reason,
        "details": act.details,
        "result_table": result.table,
        "result_names": list(result.names),
    }


async def of_request(tx: "Transaction", actor: Actor) -> Row[Any] | None:
    """Return the act of this request and step, None for a new one; until COMMIT equal requests wait for this one."""
    if not tx.store.database.is_sqlite:  # where all writers wait for each other anyway
        await tx.execute(select(func.pg_advisory_xact_lock(_number(actor))))
    acts = tx.store.tables.acts
    same = (
        acts.c.request_id == actor.request_id,
        acts.c.subject == actor.subject,
        acts.c.method == actor.method,
        acts.c.step == actor.finished,
        acts.c.fingerprint.is_not(None),
    )
    wanted = select(acts.c.fingerprint, acts.c.result_table, acts.c.result_names)
    return (await tx.execute(wanted.where(*same))).first()


def _number(actor: Actor) -> int:
    """Return the number that equal requests lock; different ones that share it by chance only wait."""
    key = f"{actor.request_id}|{actor.finished}|{actor.method}|{actor.subject}"
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


async def of(tx: "Transaction", name: str, *, after: int = 0, size: int = LARGEST_PAGE) -> Sequence[DoneAct]:
    """Return what was done to a resource, the oldest first, from the act behind position `after` on."""
    acts, named = tx.store.tables.acts, tx.store.tables.act_names
    wanted = (
        select(*(acts.c[column] for column in SHOWN))
        .join(named, named.c.position == acts.c.position)
        .where(named.c.name == name, named.c.position > after)
        .order_by(named.c.position)
        .limit(min(size, LARGEST_PAGE))
    )
    return [DoneAct(*tuple(row)) for row in (await tx.execute(wanted)).all()]


async def record(
    tx: "Transaction", names: Sequence[str], details: dict[str, Any], *, reason: str = ""
) -> None:
    """Write one act of bulk work: `names` instead of the rows it changed, and counts as its details.

    What the transaction had noted so far belongs to it. Raises ValueError where the details are too long.
    """
    await tx.session.flush()
    tx.act = Act(reason, details, dict.fromkeys(names))
    await tx.end_act()


def actor_of(service: str, method: str) -> Actor:
    """Return who acts; where nobody said so it is the service itself, in `method`."""
    return ACTOR.get() or Actor(f"service:{service}", method)
