"""Jobs: what takes long, done step by step, and what a job is given while it runs.

A job writes in small transactions and takes a step in each of them. The step says how far it is, what the caller is
told, and what a second worker needs to go on from there; so nothing is lost and nothing is done twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from services.kit.storage import operations
from services.kit.storage.operations import Hold, Operation, Standing, Step
from services.kit.storage.store import Store, Transaction

BREATH = 0.03  # seconds in which the other processes of a SQLite file come to write


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: `result` is kept with the operation, `answers` are the last that the caller is told."""

    result: Message
    answers: Sequence[Message] = ()


class StoppedError(Exception):
    """The operation was cancelled, or another worker has it; raised out of a step, which is then rolled back."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.value)
        self.standing = standing


class Run:
    """One operation in the hands of a worker."""

    def __init__(self, store: Store, operation: Operation) -> None:
        self.store = store
        self.operation = operation
        self.hold = Hold(operation.name, operation.worker)
        self.standing = Standing.HELD
        self.done, self.total = operation.done, operation.total

    @property
    def arguments(self) -> dict[str, Any]:
        """What was asked for."""
        return self.operation.arguments

    async def content(self) -> bytes:
        """Return the file that the job is about."""
        async with self.store.read() as tx:
            return await operations.content(tx, self.hold.name)

    async def notes(self) -> list[Any]:
        """Return the notes of the steps that were taken, in order: where to go on."""
        async with self.store.read() as tx:
            return await operations.notes(tx, self.hold.name)

    async def step(
        self,
        tx: Transaction,
        done: int,
        total: int,
        *,
        stage: str = "",
        note: Any = None,
        answer: Message | None = None,
    ) -> None:
        """Take a step in the transaction that makes it; raises StoppedError where that must not be."""
        told = answer.SerializeToString() if answer is not None else None
        self.standing = await operations.step(tx, self.hold, Step(stage, done, total, note, told))
        if self.standing is not Standing.HELD:
            raise StoppedError(self.standing)
        self.done, self.total = done, total

    async def tell(self, done: int, total: int, *, stage: str = "", answer: Message | None = None) -> None:
        """Take a step that changes nothing but what is told."""
        async with self.store.write() as tx:
            await self.step(tx, done, total, stage=stage, answer=answer)

    async def breathe(self) -> None:
        """Let others write; call it between two transactions."""
        await asyncio.sleep(BREATH if self.store.database.is_sqlite else 0)


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of long work and who does it."""

    kind: str
    run: Callable[[Run], Awaitable[Outcome]]
