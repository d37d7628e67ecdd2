"""Rosters: a file of learners, checked row by row, its good rows imported, its bad rows handed back.

Importing the same file again changes nothing, so an import needs no memory of request ids. Checking runs in
threads and in a child process, so the service goes on answering. An import that broke off goes on after its last slice.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from services.kit.intake import reading, rejects
from services.kit.intake.notice import Notice
from services.kit.intake.rejects import Reject
from services.kit.intake.table import Table
from services.kit.intake.upload import digest
from services.kit.privacy import Vault
from services.kit.storage import acts
from services.kit.storage.store import Store, Transaction
from services.training.teaching.domain import cohort
from services.training.teaching.domain.roster import Checked, Checker
from services.training.teaching.domain.roster_header import HEADINGS
from services.training.teaching.enrolling import roster_slice
from services.training.teaching.enrolling.roster_slice import Tally
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.vocabulary.sentences import explained

LARGEST_FILE = 32 * 2**20
CHECKED_AT_ONCE = 2000
IMPORTED_AT_ONCE = 1000  # rows a transaction: others that write wait for it
REJECTS_AT_ONCE = 1000
COUNTS = ("learners_created", "enrollments_created", "unchanged")
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


# Of a slice, as JSON: how many rows are done, the counts so far, the rows that it refused.
Note = Mapping[str, Any]
Keep = Callable[[Transaction, Progress, Note], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked for; `today` is the last day on which somebody can have enrolled."""

    cohort: str
    today: date
    dry_run: bool


class Rosters:
    """Imports of rosters."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    async def run(
        self, settings: Settings, content: bytes, *, before: Sequence[Note] = (), keep: Keep | None = None
    ) -> AsyncIterator[Progress | Rejects | Summary]:
        """Check and import a file; raises COHORT_STATE, UNREADABLE_FILE, FILE_TOO_LARGE before anything is written.

        `keep` is called in the transaction of each slice; an import that broke off goes on after the notes `before`.
        """
        await self.check_open(settings.cohort)
        table = await reading.read(content, HEADINGS)
        checked = Checked()
        async for progress in self._check(table, settings.today, checked):
            yield progress
        taking = Taking(
            settings, digest(content), _tally(checked, before), before[-1]["done"] if before else 0
        )
        async for progress in self._import(taking, checked, keep):
            yield progress
        async for refused in _rejects(table, taking.tally):
            yield refused
        yield Summary(checked.total, taking.tally, settings.dry_run, taking.sha256, table)

    async def check_open(self, parent: str) -> None:
        """Raise COHORT_STATE where a cohort takes nobody in."""
        async with self.store.read() as tx:
            row = await tx.get(CohortRow, parent)
        cohort.check_state(row.state, cohort.ENROLLS, parent, "an import")

    async def _check(self, table: Table, today: date, checked: Checked) -> AsyncIterator[Progress]:
        checker, done = Checker(table, today), 0
        for part in slices(table.rows, CHECKED_AT_ONCE):
            await asyncio.to_thread(checker.check, part, checked)
            done += len(part)
            yield Progress(Stage.CHECKING, done, len(table.rows))

    async def _import(self, taking: "Taking", checked: Checked, keep: Keep | None) -> AsyncIterator[Progress]:
        for part in slices(checked.rows[taking.done :], IMPORTED_AT_ONCE):
            sealed = await asyncio.to_thread(roster_slice.seal, self.vault, part)
            refused = len(taking.tally.rejects)
            only_read = taking.settings.dry_run and keep is None
            async with self.store.read() if only_read else self.store.write() as tx:
                await taking.slice(tx, sealed)
                progress = Progress(Stage.IMPORTING, taking.done, len(checked.rows))
                if keep is not None:
                    await keep(tx, progress, _note(taking, refused))
            yield progress


@dataclass(slots=True)
class Taking:
    """One import while it goes on: what came of it so far, and how many rows are done."""

    settings: Settings
    sha256: str
    tally: Tally
    done: int

    async def slice(self, tx: Transaction, rows: Sequence[roster_slice.SealedRow]) -> None:
        """Take a slice in, with its act, in which the counts are those so far."""
        await roster_slice.take(tx, self.settings.cohort, rows, self.tally, dry_run=self.settings.dry_run)
        self.done += len(rows)
        if not self.settings.dry_run:
            details = {"sha256": self.sha256, "rows": self.done, **self.tally.counts()}
            await acts.record(tx, [self.settings.cohort], details)


def _note(taking: Taking, refused: int) -> Note:
    """Return the note of a slice, before which so many rejects were there."""
    rejects = [asdict(reject) for reject in taking.tally.rejects[refused:]]
    counts = {kind: getattr(taking.tally, kind) for kind in COUNTS}
    return {"done": taking.done, "counts": counts, "rejects": rejects}


def _tally(checked: Checked, before: Sequence[Note]) -> Tally:
    counts = before[-1]["counts"] if before else {}
    earlier = [Reject(**reject) for note in before for reject in note["rejects"]]
    return Tally(**counts, rejects=[*checked.rejects, *earlier])


async def _rejects(table: Table, tally: Tally) -> AsyncIterator[Rejects]:
    tally.rejects.sort(key=lambda reject: reject.row)
    for rows in slices(tally.rejects, REJECTS_AT_ONCE):
        yield Rejects(rows=rows)
    parts = rejects.file(table, tally.rejects, explained)
    while part := await asyncio.to_thread(next, parts, b""):
        yield Rejects(part=part)


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `items` in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
