"""Where many documents are examined at once: worker processes, begun only when there is much to do.

Canonicalizing costs milliseconds of CPU, and a batch of thousands must not keep the service from answering. A few
documents are examined here, one by one; workers end again after a quiet time, and with the service.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from services.certificates.signing.lint import Candidate, Linted, lint
from services.kit.logs import logger

FEW = 64  # documents that are quicker done here than by workers that must start first
PORTION = 25  # documents that a worker takes at once
WORKERS = 2
QUIET = 30.0  # seconds without work after which workers end
WORKERS_LOST = "workers_lost"
log = logger("workshop")


class Workshop:
    """Examines documents; the answers come in the order of the questions."""

    def __init__(self, few: int = FEW) -> None:
        self.few = few
        self.pool: ProcessPoolExecutor | None = None
        self.closing: asyncio.TimerHandle | None = None

    async def lint(self, candidates: Sequence[Candidate]) -> list[Linted]:
        """Examine documents, here or by workers."""
        if len(candidates) > self.few:
            try:
                return await self._by_workers(candidates)
            except BrokenProcessPool:
                log.warning(WORKERS_LOST)
                self.close()
        return await _here(candidates)

    async def _by_workers(self, candidates: Sequence[Candidate]) -> list[Linted]:
        pool = self._opened()
        loop = asyncio.get_running_loop()
        portions = [candidates[at : at + PORTION] for at in range(0, len(candidates), PORTION)]
        found = await asyncio.gather(*(loop.run_in_executor(pool, _lint_all, each) for each in portions))
        self.closing = loop.call_later(QUIET, self.close)
        return [linted for portion in found for linted in portion]

    def _opened(self) -> ProcessPoolExecutor:
        if self.closing is not None:
            self.closing.cancel()
        if self.pool is None:
            context = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(WORKERS, context, initializer=_begin, initargs=(os.getpid(),))
        return self.pool

    def close(self) -> None:
        """End the workers."""
        if self.closing is not None:
            self.closing.cancel()
            self.closing = None
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = None


async def _here(candidates: Sequence[Candidate]) -> list[Linted]:
    found = []
    for candidate in candidates:
        found.append(lint(candidate))
        await asyncio.sleep(0)
    return found


def _lint_all(candidates: Sequence[Candidate]) -> list[Linted]:
    return [lint(candidate) for candidate in candidates]


def _begin(parent: int) -> None:
    """Leave signals to the service, and end when it has ended, however it did."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
