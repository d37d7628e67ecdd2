"""Rosters: a file of learners, checked row by row, its good rows imported, its bad rows handed back.

Importing the same file again changes nothing, so an import needs no memory of request ids. Checking runs in
threads and in a child process, so the service goes on answering.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from services.kit.clock import Clock
from services.kit.intake import reading, rejects
from services.kit.intake.notice import Notice
from services.kit.intake.rejects import Reject
from services.kit.intake.table import Table
from services.kit.intake.upload import Upload, digest
from services.kit.privacy import Vault
from services.kit.storage import acts
from services.kit.storage.store import Store
from services.training.teaching.domain import cohort
from services.training.teaching.domain.roster import Checked, Checker
from services.training.teaching.domain.roster_header import HEADINGS
from services.training.teaching.enrolling import roster_slice
from services.training.teaching.enrolling.roster_slice import Tally
from services.training.teaching.storage.rows.cohorts import CohortRow

LARGEST_FILE = 32 * 2**20
CHECKED_AT_ONCE = 2000
IMPORTED_AT_ONCE = 2000
REJECTS_AT_ONCE = 1000
T = TypeVar("T")


class Stage(StrEnum):
    """What an import is doing."""

    RECEIVING = "RECEIVING"
    CHECKING = "CHECKING"
    IMPORTING = "IMPORTING"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is; a total of 0 is not known yet."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Rejects:
    """Refused rows, or the next part of the file that has them as they were sent."""

    rows: Sequence[Reject] = ()
    part: bytes = b""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did, or in a dry run would do."""

    rows: int
    tally: Tally
    dry_run: bool
    sha256: str
    table: Table

    @property
    def rejected(self) -> int:
        """Number of rows with at least one problem."""
        return len({reject.row for reject in self.tally.rejects})

    @property
    def notices(self) -> Sequence[Notice]:
        """What was folded, assumed or left out."""
        return self.table.notices


class Rosters:
    """Imports of rosters."""

    def __init__(self, store: Store, vault: Vault, clock: Clock) -> None:
        self.store = store
        self.vault = vault
        self.clock = clock

    async def run(
        self, parent: str, upload: Upload[Any], *, dry_run: bool
    ) -> AsyncIterator[Progress | Rejects | Summary]:
        """Check and import a file; raises COHORT_STATE, UNREADABLE_FILE, FILE_TOO_LARGE before anything is written."""
        await self._check_open(parent)
        yield Progress(Stage.RECEIVING, 0, 0)
        content = await upload.content(LARGEST_FILE)
        table = await reading.read(content, HEADINGS)
        checked = Checked()
        async for progress in self._check(table, checked):
            yield progress
        tally, sha256 = Tally(rejects=checked.rejects), digest(content)
        async for progress in self._import(parent, checked, tally, "" if dry_run else sha256):
            yield progress
        async for refused in _rejects(table, tally):
            yield refused
        yield Summary(checked.total, tally, dry_run, sha256, table)

    async def _check_open(self, parent: str) -> None:
        async with self.store.read() as tx:
            row = await tx.get(CohortRow, parent)
        cohort.check_state(row.state, cohort.ENROLLS, parent, "an import")

    async def _check(self, table: Table, checked: Checked) -> AsyncIterator[Progress]:
        checker, done = Checker(table, self.clock.today()), 0
        for part in slices(table.rows, CHECKED_AT_ONCE):
            await asyncio.to_thread(checker.check, part, checked)
            done += len(part)
            yield Progress(Stage.CHECKING, done, len(table.rows))

    async def _import(
        self, parent: str, checked: Checked, tally: Tally, sha256: str
    ) -> AsyncIterator[Progress]:
        """Import slice by slice, each with its act, in which the counts are those so far; a dry run has no `sha256`."""
        done = 0
        for part in slices(checked.rows, IMPORTED_AT_ONCE):
            sealed = await asyncio.to_thread(roster_slice.seal, self.vault, part)
            done += len(part)
            async with self.store.write() if sha256 else self.store.read() as tx:
                await roster_slice.take(tx, parent, sealed, tally, dry_run=not sha256)
                if sha256:
                    await acts.record(tx, [parent], {"sha256": sha256, "rows": done, **tally.counts()})
            yield Progress(Stage.IMPORTING, done, len(checked.rows))


async def _rejects(table: Table, tally: Tally) -> AsyncIterator[Rejects]:
    tally.rejects.sort(key=lambda reject: reject.row)
    for rows in slices(tally.rejects, REJECTS_AT_ONCE):
        yield Rejects(rows=rows)
    parts = rejects.file(table, tally.rejects)
    while part := await asyncio.to_thread(next, parts, b""):
        yield Rejects(part=part)


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `items` in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
