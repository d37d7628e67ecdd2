"""Where many documents are examined at once: worker processes, begun only when there is much to do.

Canonicalizing costs milliseconds of CPU, and a batch of thousands must not keep the service from answering. A few
documents are examined here, one by one; workers end again after a quiet time, and with the service. What was examined
a moment ago is remembered by everything that went into it, so that the same bytes are not examined twice in a row.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from hashlib import sha256

from services.certificates.proofs.signing.lint import Candidate, Linted, lint
from services.kit.logs import logger

FEW = 64  # documents that are quicker done here than by workers that must start first
PORTION = 25  # documents that a worker takes at once
WORKERS = 2
REMEMBERED = 256  # documents
PATIENCE = 30.0  # seconds for all of them; then they are taken for lost, and what they had is done here
QUIET = 30.0  # seconds without work after which workers end
WORKERS_LOST = "workers_lost"
log = logger("workshop")


class Workshop:
    """Examines documents; the answers come in the order of the questions."""

    def __init__(self, few: int = FEW, patience: float = PATIENCE) -> None:
        self.few = few
        self.patience = patience
        self.pool: ProcessPoolExecutor | None = None
        self.closing: asyncio.TimerHandle | None = None
        self.known: OrderedDict[tuple, Linted] = OrderedDict()

    async def lint(self, candidates: Sequence[Candidate]) -> list[Linted]:
        """Examine documents, here or by workers."""
        known = [self.known.get(_everything_of(candidate)) for candidate in candidates]
        fresh = await self._lint([each for each, found in zip(candidates, known, strict=True) if not found])
        coming = iter(fresh)
        return [found or next(coming) for found in known]

    def lint_now(self, candidate: Candidate) -> Linted:
        """Examine one document here and remember the answer."""
        key = _everything_of(candidate)
        if (found := self.known.get(key)) is None:
            found = self.known[key] = lint(candidate)
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return found

    async def _lint(self, candidates: Sequence[Candidate]) -> list[Linted]:
        if len(candidates) > self.few:
            try:
                async with asyncio.timeout(self.patience):
                    return await self._by_workers(candidates)
            except (BrokenProcessPool, TimeoutError) as error:
                log.warning(WORKERS_LOST, reason=type(error).__name__)
                self.close()
        found = []
        for candidate in candidates:
            found.append(self.lint_now(candidate))
            await asyncio.sleep(0)
        return found

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


def _everything_of(candidate: Candidate) -> tuple:
    digest = sha256(candidate.document).digest()
    return digest, candidate.document_sha256, tuple(candidate.proof_options), candidate.record


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
