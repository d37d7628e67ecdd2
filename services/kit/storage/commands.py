"""`@command`: a use case in one write transaction, written down as one act, and done once per request_id.

A repeated request (same caller, method and request_id) is answered with the current state of what the first one
made (AIP-155); the same request_id with different content is refused.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from sqlalchemy import Row

from services.kit.acts.actor import ACTOR, Actor
from services.kit.errors import Violation, invalid
from services.kit.storage import acts
from services.kit.storage.rows import Entity
from services.kit.storage.store import Transaction

P = ParamSpec("P")
Outcome = TypeVar("Outcome")
Method = Callable[Concatenate[Any, Transaction, P], Awaitable[Outcome]]


class command(Generic[P, Outcome]):
    """Make a method `(self, tx, …)` a command: it is called without `tx`, or within somebody's transaction.

    The method returns one row, a list of rows of one table, or None; its object has a `store`.
    """

    def __init__(self, method: Method[P, Outcome]) -> None:
        self.method = method
        update_wrapper(self, method)

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> "Command[P, Outcome]": ...
    def __get__(self, owner: object | None, kind: type) -> "Self | Command[P, Outcome]":
        """Return the command of one object."""
        return self if owner is None else Command(owner, self.method)


class Command(Generic[P, Outcome]):
    """A command of one object."""

    __slots__ = ("method", "owner")

    def __init__(self, owner: Any, method: Method[P, Outcome]) -> None:
        self.owner = owner
        self.method = method

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Outcome:
        """Open the transaction, answer a repeat or run, write the act, commit."""
        actor = ACTOR.get()
        async with self.owner.store.write() as tx:
            if actor is None or not actor.request_id:
                return await self._run(tx, False, *args, **kwargs)
            if (before := await acts.of_request(tx, actor)) is None:
                outcome = await self._run(tx, True, *args, **kwargs)
            else:
                outcome = await _replay(tx, actor, before)
        actor.finished += 1
        return outcome

    async def within(self, tx: Transaction, *args: P.args, **kwargs: P.kwargs) -> Outcome:
        """Run inside an open transaction, as an act of its own; inside another command it is part of that one's."""
        if tx.act.under_way:
            return await self.method(self.owner, tx, *args, **kwargs)
        return await self._run(tx, False, *args, **kwargs)

    async def _run(self, tx: Transaction, repeatable: bool, *args: P.args, **kwargs: P.kwargs) -> Outcome:
        tx.act.under_way = True
        try:
            outcome = await self.method(self.owner, tx, *args, **kwargs)
            result = _result(outcome) if repeatable else acts.NOTHING
            await tx.end_act(self.method.__qualname__, result, repeatable=repeatable)
        finally:
            tx.act.under_way = False
        return outcome


def _result(outcome: Any) -> acts.Result:
    if outcome is None:
        return acts.NOTHING
    many = isinstance(outcome, list | tuple)
    rows: Sequence[Entity] = outcome if many else [outcome]
    table = str(rows[0].__tablename__) if rows else ""
    return acts.Result("*" * many + table, [row.name for row in rows])


async def _replay(tx: Transaction, actor: Actor, before: Row[Any]) -> Any:
    if before.fingerprint != actor.fingerprint:
        message = f"request_id {actor.request_id} was used for a different request; choose a new one."
        raise invalid("REQUEST_ID_REUSED", message, Violation("request_id", message, "REQUEST_ID_REUSED"))
    if not before.result_table:
        return None
    many = before.result_table.startswith("*")
    row = _row_class(tx, before.result_table.lstrip("*")) if before.result_names else Entity
    rows = [await tx.get(row, name) for name in before.result_names]
    return rows if many else rows[0]


def _row_class(tx: Transaction, table_name: str) -> type[Entity]:
    for mapper in tx.store.rows.mappers:
        if getattr(mapper.local_table, "name", "") == table_name:
            return mapper.class_
    raise LookupError(f"no row class for table {table_name}")
