"""Rosters: a file of learners, checked row by row, its good rows imported, its bad rows handed back.

Importing the same file again changes nothing, so an import needs no memory of request ids. Checking runs in
threads and in a child process, so the service goes on answering. An import that broke off goes on after its last slice.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from services.kit import spreadsheet
from services.kit.errors import AppError, invalid
from services.kit.privacy import Vault
from services.kit.storage import acts
from services.kit.storage.store import Store, Transaction
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
IMPORTED_AT_ONCE = 1000  # rows a transaction: others that write wait for it
REJECTS_AT_ONCE = 1000
COUNTS = ("learners_created", "enrollments_created", "unchanged")
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


Note = Mapping[
    str, Any
]  # of a slice, as JSON: how many rows are done, the counts so far, the rows it refused
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
        """Check and import a file; raises COHORT_STATE, UNREADABLE_ROSTER before anything is written.

        `keep` is called in the transaction of each slice; an import that broke off goes on after the notes `before`.
        """
        await self.check_open(settings.cohort)
        file = await read(content)
        checked = Checked()
        async for progress in self._check(file, settings.today, checked):
            yield progress
        tally = _tally(checked, before)
        digest = hashlib.sha256(content).hexdigest()
        done = before[-1]["done"] if before else 0
        async for progress in self._import(settings, checked, tally, digest, done, keep):
            yield progress
        for rejects in _rejects(tally):
            yield rejects
        yield Summary(checked.total, tally, settings.dry_run, digest, file.header, file.format)

    async def check_open(self, parent: str) -> None:
        """Raise COHORT_STATE where a cohort takes nobody in."""
        async with self.store.read() as tx:
            row = await tx.get(CohortRow, parent)
        cohort.check_state(row.state, cohort.ENROLLS, parent, "an import")

    async def _check(self, file: File, today: date, checked: Checked) -> AsyncIterator[Progress]:
        checker = Checker(file.header, today)
        first = file.header.index + 1
        numbered = list(enumerate(file.table[first:], start=first + 1))
        done = 0
        for part in slices(numbered, CHECKED_AT_ONCE):
            await asyncio.to_thread(checker.check, part, checked)
            done += len(part)
            yield Progress(Stage.CHECKING, done, len(numbered))

    async def _import(
        self,
        settings: Settings,
        checked: Checked,
        tally: Tally,
        digest: str,
        done: int,
        keep: Keep | None,
    ) -> AsyncIterator[Progress]:
        """Import slice by slice, each with its act, in which the counts are those so far."""
        dry_run = settings.dry_run
        for part in slices(checked.rows[done:], IMPORTED_AT_ONCE):
            sealed = await asyncio.to_thread(roster_slice.seal, self.vault, part)
            refused = len(tally.rejects)
            done += len(part)
            progress = Progress(Stage.IMPORTING, done, len(checked.rows))
            async with self.store.read() if dry_run and keep is None else self.store.write() as tx:
                await roster_slice.take(tx, settings.cohort, sealed, tally, dry_run=dry_run)
                if not dry_run:
                    counts = {"sha256": digest, "rows": done, **tally.counts()}
                    await acts.record(tx, [settings.cohort], counts)
                if keep is not None:
                    await keep(tx, progress, _note(done, tally, refused))
            yield progress


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


def _note(done: int, tally: Tally, refused: int) -> Note:
    """Return the note of a slice, before which so many rejects were there."""
    rejects = [asdict(reject) for reject in tally.rejects[refused:]]
    return {"done": done, "counts": {kind: getattr(tally, kind) for kind in COUNTS}, "rejects": rejects}


def _tally(checked: Checked, before: Sequence[Note]) -> Tally:
    counts = before[-1]["counts"] if before else {}
    earlier = [Reject(**reject) for note in before for reject in note["rejects"]]
    return Tally(**counts, rejects=[*checked.rejects, *earlier])


def _rejects(tally: Tally) -> Iterator[Rejects]:
    tally.rejects.sort(key=lambda reject: reject.row)
    for number, part in enumerate(slices(tally.rejects, REJECTS_AT_ONCE)):
        yield Rejects(part, roster_csv.rejects_file(part, first=number == 0))


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield `items` in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
