"""Acts as rows: written at the end of a transaction, found by their request and by the resources they changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, func, select

from services.kit.acts.act import MOST_SHOWN, Act, DoneAct
from services.kit.acts.actor import ACTOR, Actor
from services.kit.storage.machinery import Machinery

if TYPE_CHECKING:
    from services.kit.storage.store import Transaction

MOST_DETAILS = 4000  # characters of JSON
LARGEST_PAGE = 1000
REQUEST = ("request_id", "subject", "method", "step")
SHOWN = [field.name for field in fields(DoneAct)]


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a command: the names of its rows, with "*" before the table where it was a list."""

    table: str = ""
    names: Sequence[str] = ()


NOTHING = Result()
LOCK = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))


class Statements:
    """The statements of one service's acts, made once because making them costs as much as running them."""

    def __init__(self, tables: Machinery) -> None:
        acts, named = tables.acts, tables.act_names
        self.insert = acts.insert().returning(acts.c.position, sort_by_parameter_order=True)
        self.insert_names = named.insert()
        key = [acts.c[column] == bindparam(column) for column in REQUEST]
        result = select(acts.c.fingerprint, acts.c.result_table, acts.c.result_names)
        self.of_request = result.where(*key, acts.c.fingerprint.is_not(None))
        self.of_name = (
            select(*(acts.c[column] for column in SHOWN))
            .join(named, named.c.position == acts.c.position)
            .where(named.c.name == bindparam("name"), named.c.position > bindparam("after"))
            .order_by(named.c.position)
        )


def write(
    connection: Connection, statements: Statements, acts: Sequence[tuple[dict[str, Any], Sequence[str]]]
) -> None:
    """Insert acts, each with the names it is found under."""
    positions = connection.execute(statements.insert, [values for values, _ in acts]).scalars().all()
    found_under = [
        {"name": name, "position": position}
        for position, (_, names) in zip(positions, acts, strict=True)
        for name in names
    ]
    if found_under:
        connection.execute(statements.insert_names, found_under)


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
        await tx.execute(LOCK, {"number": _number(actor)})
    key = dict(zip(REQUEST, (actor.request_id, actor.subject, actor.method, actor.finished), strict=True))
    return (await tx.execute(tx.store.act_statements.of_request, key)).first()


def _number(actor: Actor) -> int:
    """Return the number that equal requests lock; different ones that share it by chance only wait."""
    key = f"{actor.request_id}|{actor.finished}|{actor.method}|{actor.subject}"
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


async def of(tx: "Transaction", name: str, *, after: int = 0, size: int = LARGEST_PAGE) -> Sequence[DoneAct]:
    """Return what was done to a resource, the oldest first, from the act behind position `after` on."""
    wanted = tx.store.act_statements.of_name.limit(min(size, LARGEST_PAGE))
    found = await tx.execute(wanted, {"name": name, "after": after})
    return [DoneAct(*tuple(row)) for row in found.all()]


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
