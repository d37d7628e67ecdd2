"""Rosters: a file of learners, checked row by row, its good rows imported, its bad rows handed back.

Importing the same file again changes nothing, so an import needs no memory of request ids. Checking runs in
threads and in a child process, so the service goes on answering.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from services.kit import spreadsheet
from services.kit.clock import Clock
from services.kit.errors import AppError, invalid
from services.kit.privacy import Vault
from services.kit.storage import acts
from services.kit.storage.store import Store
from services.training.reasons import Reason
from services.training.teaching.domain import cohort, roster_csv, roster_header
from services.training.teaching.domain.roster import Checked, Checker, Reject
from services.training.teaching.domain.roster_header import Header
from services.training.teaching.enrolling import roster_slice
from services.training.teaching.enrolling.roster_slice import Tally
from services.training.teaching.storage.rows.cohorts import CohortRow

LARGEST_FILE = 32 * 2**20
MOST_ROWS = 200_000
CHECKED_AT_ONCE = 2000
IMPORTED_AT_ONCE = 2000
REJECTS_AT_ONCE = 1000
Table = Sequence[Sequence[Any]]
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
    """Refused rows and the same as the next part of the rejects file."""

    rows: Sequence[Reject]
    csv: bytes


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did, or in a dry run would do."""

    rows: int
    tally: Tally
    dry_run: bool
    sha256: str
    header: Header
    format: str

    @property
    def rejected(self) -> int:
        """Number of rows with at least one problem."""
        return len({reject.row for reject in self.tally.rejects})


@dataclass(frozen=True, slots=True)
class File:
    """A roster that was read: its rows as a person counts them, and where the header is."""

    table: Table
    header: Header
    format: str


class Rosters:
    """Imports of rosters."""

    def __init__(self, store: Store, vault: Vault, clock: Clock) -> None:
        self.store = store
        self.vault = vault
        self.clock = clock

    async def run(
        self, parent: str, chunks: AsyncIterator[bytes], *, dry_run: bool
    ) -> AsyncIterator[Progress | Rejects | Summary]:
        """Check and import a file; raises COHORT_STATE, UNREADABLE_ROSTER before anything is written."""
        await self._check_open(parent)
        yield Progress(Stage.RECEIVING, 0, 0)
        content = await receive(chunks)
        file = await read(content)
        checked = Checked()
        async for progress in self._check(file, checked):
            yield progress
        tally, digest = Tally(rejects=checked.rejects), hashlib.sha256(content).hexdigest()
        async for progress in self._import(parent, checked, tally, "" if dry_run else digest):
            yield progress
        for rejects in _rejects(tally):
            yield rejects
        yield Summary(checked.total, tally, dry_run, digest, file.header, file.format)

    async def _check_open(self, parent: str) -> None:
        async with self.store.read() as tx:
            row = await tx.get(CohortRow, parent)
        cohort.check_state(row.state, cohort.ENROLLS, parent, "an import")

    async def _check(self, file: File, checked: Checked) -> AsyncIterator[Progress]:
        checker = Checker(file.header, self.clock.today())
        first = file.header.index + 1
        numbered = list(enumerate(file.table[first:], start=first + 1))
        done = 0
        for part in slices(numbered, CHECKED_AT_ONCE):
            await asyncio.to_thread(checker.check, part, checked)
            done += len(part)
            yield Progress(Stage.CHECKING, done, len(numbered))

    async def _import(
        self, parent: str, checked: Checked, tally: Tally, digest: str
    ) -> AsyncIterator[Progress]:
        """Import slice by slice, each with its act, in which the counts are those so far; a dry run has no digest."""
        done = 0
        for part in slices(checked.rows, IMPORTED_AT_ONCE):
            sealed = await asyncio.to_thread(roster_slice.seal, self.vault, part)
            done += len(part)
            async with self.store.write() if digest else self.store.read() as tx:
                await roster_slice.take(tx, parent, sealed, tally, dry_run=not digest)
                if digest:
                    await acts.record(tx, [parent], {"sha256": digest, "rows": done, **tally.counts()})
            yield Progress(Stage.IMPORTING, done, len(checked.rows))


async def receive(chunks: AsyncIterator[bytes]) -> bytes:
    """Put the chunks of a file together; raises UNREADABLE_ROSTER where it is too large."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > LARGEST_FILE:
            raise invalid(Reason.UNREADABLE_ROSTER, f"the file is larger than {LARGEST_FILE // 2**20} MiB.")
    return bytes(content)


async def read(content: bytes) -> File:
    """Read a file as the first sheet that has a header; raises UNREADABLE_ROSTER."""
    if not content:
        raise invalid(Reason.UNREADABLE_ROSTER, "the file is empty.")
    if kind := spreadsheet.kind_of(content):
        return _choose(await _sheets(content), kind)
    text, encoding = roster_csv.decode(content)
    return _choose([await asyncio.to_thread(roster_csv.rows, text)], f"csv/{encoding}")


async def _sheets(content: bytes) -> list[list[list[Any]]]:
    try:
        return await spreadsheet.read(content)
    except ValueError as error:
        raise invalid(Reason.UNREADABLE_ROSTER, f"{error}.") from None


def _choose(sheets: Sequence[Table], kind: str) -> File:
    refusal: AppError | None = None
    for table in sheets:
        try:
            return _file(table, kind)
        except AppError as error:
            refusal = refusal or error
    raise refusal or invalid(Reason.UNREADABLE_ROSTER, "the file has no sheet.")


def _file(table: Table, kind: str) -> File:
    header = roster_header.find(table)
    if len(table) - header.index > MOST_ROWS:
        raise invalid(Reason.UNREADABLE_ROSTER, f"the file has more than {MOST_ROWS} rows.")
    return File(table, header, kind)


def _rejects(tally: Tally) -> Iterator[Rejects]:
    tally.rejects.sort(key=lambda reject: reject.row)
    for number, part in enumerate(slices(tally.rejects, REJECTS_AT_ONCE)):
        yield Rejects(part, roster_csv.rejects_file(part, first=number == 0))


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `items` in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
