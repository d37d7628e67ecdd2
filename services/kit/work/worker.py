"""A worker: takes operations one by one, does their jobs, and says every few seconds that it lives.

It may die at any moment. Its operation is then taken by another one, which goes on after the last step.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import code_pb2, status_pb2

from services.kit.acts.actor import ACTOR
from services.kit.errors import AppError, Kind, precondition
from services.kit.logs import JOB_FAILED, JOB_LOST, JOB_WAITS, logger
from services.kit.rpc.status import status_of
from services.kit.storage import operations
from services.kit.storage.operations import Ending, Operation, OperationState, Standing
from services.kit.storage.store import Store
from services.kit.values.ids import new_id
from services.kit.waiting import happens, to_the_end
from services.kit.work.job import Job, Outcome, Run, StoppedError
from services.kit.work.operations import cancelled
from services.kit.work.wakening import Wakening

POLL = 1.0  # seconds between two looks for something to do
BEATS = 5  # signs of life within the time after which a silent worker counts as dead
MOST_ATTEMPTS = 5  # takes without a step forward, after which an operation is given up
MOST_CONFLICTS = 10
PAUSES = (
    0.1,
    0.5,
    2.0,
    5.0,
)  # seconds before a job is tried again that met an outage; the last one again and again
log = logger("worker")


class Worker:
    """Does the jobs of one service; `silence` is the time after which a worker that says nothing counts as dead."""

    def __init__(
        self,
        store: Store,
        jobs: Sequence[Job],
        wakening: Wakening,
        silence: timedelta,
    ) -> None:
        self.store = store
        self.jobs = {job.kind: job.run for job in jobs}
        self.silence = silence
        self.domain = f"{store.rows.metadata.info['service']}.shuzheng"
        self.woken = asyncio.Event()
        wakening.callbacks.append(self.woken.set)

    async def run(self) -> None:
        """Work for ever; an operation under way is given back when this ends."""
        while True:
            self.woken.clear()
            operation = await self._take()
            if operation is None:
                await happens(self.woken, POLL)
            else:
                await self._do(Run(self.store, operation))

    async def _take(self) -> Operation | None:
        """Take what waits longest; looks first, because taking nothing would cost a write."""
        silent_since = self.store.clock.now() - self.silence
        async with self.store.read() as tx:
            if not await operations.waits(tx, self.jobs, silent_since):
                return None
        async with self.store.write() as tx:
            return await operations.take(tx, self.jobs, silent_since, new_id())

    async def _do(self, run: Run) -> None:
        work = asyncio.ensure_future(self._attempts(run))
        beating = asyncio.ensure_future(self._beat(run, work))
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            work.cancel()
            await to_the_end(self._leave(run, work))
            raise
        finally:
            beating.cancel()
        await self._conclude(run, work)

    async def _attempts(self, run: Run) -> Outcome:
        """Do the job; where an outage or another writer is in the way, go on after the last step."""
        _require_sense(run.operation)
        ACTOR.set(run.operation.actor)
        tries = 0
        while True:
            try:
                return await self.jobs[run.operation.kind](run)
            except AppError as error:
                tries += 1
                if not _passes(error, tries):
                    raise
                log.warning(JOB_WAITS, operation=run.hold.name, tries=tries, exc_info=error)
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES)) - 1])

    async def _beat(self, run: Run, work: "asyncio.Future[Outcome]") -> None:
        """Say that the worker lives; stop the work where it was cancelled or is somebody else's now."""
        while run.standing is Standing.HELD:
            await asyncio.sleep(self.silence.total_seconds() / BEATS)
            with suppress(AppError):  # an outage: whether the operation is still ours shows later
                async with self.store.write() as tx:
                    run.standing = await operations.beat(tx, run.hold)
        work.cancel()

    async def _leave(self, run: Run, work: "asyncio.Future[Outcome]") -> None:
        await asyncio.wait([work])
        with suppress(AppError):  # then it is taken when this worker has been silent for a while
            async with self.store.write() as tx:
                await operations.give_back(tx, run.hold)

    async def _conclude(self, run: Run, work: "asyncio.Future[Outcome]") -> None:
        error = asyncio.CancelledError() if work.cancelled() else work.exception()
        if isinstance(error, StoppedError):
            run.standing = error.standing
        if run.standing is Standing.LOST:
            log.warning(JOB_LOST, operation=run.hold.name)
        elif error is None:
            outcome = work.result()
            await self._end(run, OperationState.SUCCEEDED, outcome.result, outcome.answers)
        elif run.standing is Standing.CANCELLED:
            await self._end(run, OperationState.CANCELLED, cancelled(run.hold.name, run.done, run.total))
        else:
            await self._end(run, OperationState.FAILED, self._failure(run, error))

    def _failure(self, run: Run, error: BaseException) -> status_pb2.Status:
        if isinstance(error, AppError):
            return status_of(error, self.domain)
        log.error(JOB_FAILED, operation=run.hold.name, exc_info=error)
        return status_pb2.Status(code=code_pb2.INTERNAL, message=f"Internal fault; quote {run.hold.name}.")

    async def _end(
        self, run: Run, state: OperationState, said: Message, answers: Sequence[Message] = ()
    ) -> None:
        """Write the end, however long the database is away."""
        told = [answer.SerializeToString() for answer in answers]
        while True:
            with suppress(AppError):
                async with self.store.write() as tx:
                    if not await operations.end(tx, run.hold, _ending(state, said), told):
                        log.warning(JOB_LOST, operation=run.hold.name)
                    return
            await asyncio.sleep(PAUSES[0])


def _ending(state: OperationState, said: Message) -> Ending:
    if state is not OperationState.SUCCEEDED:
        return Ending(state, error=said.SerializeToString())
    packed = AnyMessage()
    packed.Pack(said)
    return Ending(state, result=packed.SerializeToString())


def _require_sense(operation: Operation) -> None:
    """Raise where nobody wants the work any more, or every worker dies of it."""
    if operation.cancel_requested:
        raise StoppedError(Standing.CANCELLED)
    if operation.attempts > MOST_ATTEMPTS:
        message = f"{MOST_ATTEMPTS} workers ended at {operation.name} without coming a step further; it is given up."
        raise precondition("OPERATION_ABANDONED", message, name=operation.name)


def _passes(error: AppError, tries: int) -> bool:
    """Tell whether a later try may go better."""
    return error.kind is Kind.UNAVAILABLE or (error.kind is Kind.CONFLICT and tries < MOST_CONFLICTS)
