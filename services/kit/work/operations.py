"""Operations for those who ask for them: ask, read, list, follow, end early."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from google.rpc import code_pb2, status_pb2

from services.kit.acts.actor import ACTOR, Actor
from services.kit.errors import AppError, Kind, not_found, precondition
from services.kit.resource import Resource
from services.kit.rpc.status import error_of, status_of
from services.kit.storage import operations
from services.kit.storage.commands import command
from services.kit.storage.operations import Operation, OperationState
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.work.wakening import Wakening

PAUSE = 0.2  # seconds between two looks at an operation that somebody follows
CLEANING = 600.0  # seconds between two looks for what has expired


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants done: `tenant` is whose operation it is, "" for nobody's, `resource` what it works on."""

    kind: str
    tenant: str
    resource: str
    subject: str
    arguments: dict[str, Any] = field(default_factory=dict)
    content: bytes | None = None


Derive = Callable[[Transaction, Operation], Awaitable[tuple[str, int, int]]]  # → stage, done, total


class Operations(Resource[Operation]):
    """The operations of one service; `large` is the number of bytes from which on a file is worth one."""

    def __init__(
        self, store: Store, service: str, wakening: Wakening, large: int, retention: timedelta
    ) -> None:
        super().__init__(store)
        self.row = store.operations.row
        self.service = service
        self.wakening = wakening
        self.large = large
        self.retention = retention
        self.derived: dict[str, Derive] = {}

    async def get(self, name: str) -> Operation:
        """Return one; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await self._told(tx, await tx.get(self.row, name))

    async def _told(self, tx: Transaction, row: Operation) -> Operation:
        """Complete an operation that no worker does: how far it is follows from what it works on."""
        if row.kind in self.derived and not row.ended:
            tx.session.expunge(row)  # what is told is not written
            row.stage, row.done, row.total = await self.derived[row.kind](tx, row)
        return row

    async def ask(self, asked: Asked) -> Operation:
        """Queue an operation."""
        async with self.store.write() as tx:
            return await self.put(tx, asked)

    async def put(self, tx: Transaction, asked: Asked, **columns: Any) -> Operation:
        """Queue an operation in an open transaction; workers are woken after COMMIT."""
        row = self.row(
            name=f"{asked.tenant}/operations/{self.service}-{new_id()}".lstrip("/"),
            parent=asked.tenant,
            kind=asked.kind,
            resource=asked.resource,
            subject=asked.subject,
            asker=_asker(),
            arguments=asked.arguments,
            **{"state": OperationState.QUEUED, **columns},
        )
        tx.after_commit(self.wakening.wake)
        return await operations.put(tx, row, asked.content)

    async def page(self, size: int, token: str, **filters: Any) -> Page[Operation]:
        """Return one page without results; raises INVALID_PAGE_TOKEN."""
        async with self.store.read() as tx:
            page = await tx.page(operations.listed(tx, **filters), self.row, size, token)
            for row in page.rows:
                await self._told(tx, row)
            return page

    async def watch(self, name: str) -> AsyncIterator[Operation]:
        """Yield an operation now and whenever it has come further, until it has ended; raises NOT_FOUND."""
        last = None
        while True:
            row = await self.get(name)
            if (now := (row.state, row.stage, row.done, row.total, row.cancel_requested)) != last:
                yield row
            if row.ended:
                return
            last = now
            await asyncio.sleep(PAUSE)

    async def answers(self, name: str, kind: str) -> AsyncIterator[bytes]:
        """Yield what a job of that kind tells, serialized, from its beginning until it has ended.

        Raises NOT_FOUND, and what the job raised.
        """
        after = 0
        while True:
            async with self.store.read() as tx:
                row = await tx.get(self.row, name)
                if row.kind != kind:
                    raise not_found(name)
                told = await operations.answers(tx, name, after)
            for number, answer in told:
                after = number
                yield answer
            if not told and row.ended:
                break
            if not told:
                await asyncio.sleep(PAUSE)
        _require_success(row)

    @command
    async def cancel(self, tx: Transaction, name: str) -> Operation:
        """Ask to end an operation early; raises NOT_FOUND, NOT_CANCELLABLE. One that has ended stays as it is."""
        row = await tx.lock(self.row, name)
        if row.ended:
            return row
        if not row.cancellable:
            raise precondition("NOT_CANCELLABLE", f"{name} cannot be ended early.", name=name)
        row.cancel_requested = True
        if row.state is OperationState.QUEUED:
            row.state, row.error = (
                OperationState.CANCELLED,
                cancelled(name, row.done, row.total).SerializeToString(),
            )
            row.end_time = tx.now
            await operations.drop_input(tx, name)
        return await tx.save(row)

    async def keep_clean(self) -> None:
        """Delete what has expired, in portions, for ever."""
        while True:
            gone = await self.expire()
            await asyncio.sleep(PAUSE if gone else CLEANING)

    async def expire(self) -> int:
        """Delete a portion of what has expired; returns how many operations that were."""
        async with self.store.write() as tx:
            return await operations.expire(tx, tx.now - self.retention)


def _asker() -> dict[str, Any]:
    """Return what an operation keeps of who asks for it."""
    actor = ACTOR.get() or Actor("", "")
    return {"roles": sorted(actor.roles), "tenant": actor.tenant, "duties": sorted(actor.duties)}


def cancelled(name: str, done: int, total: int) -> status_pb2.Status:
    """Return what a cancelled operation says."""
    message = (
        f"{name} was ended early at {done} of {total}; what was done before stays. Ask again for the rest."
    )
    return status_of(AppError(Kind.CANCELLED, "OPERATION_CANCELLED", message), "shuzheng")


def _require_success(row: Operation) -> None:
    """Raise what a job raised; a fault of the code stays one."""
    if row.error is None:
        return
    status = status_pb2.Status.FromString(row.error)
    raise RuntimeError(status.message) if status.code == code_pb2.INTERNAL else error_of(status)
