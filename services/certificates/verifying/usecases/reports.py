"""Verification of whole files, and the signed reports of what was told.

A file is read and checked before anything is answered or counted; rows are answered in the order of the file; the
report is stored before it is sent, so that it can be fetched again after a broken connection.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.certificates.document.domain.document import Issuer
from services.certificates.document.domain.verification import Outcome
from services.certificates.log.ledger.checkpoint import Checkpoint
from services.certificates.log.ledger.log import Log, Position
from services.certificates.log.ledger.note import encode
from services.certificates.names import REPORT
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.did import did_document
from services.certificates.proofs.signing.keys import Keyring
from services.certificates.reasons import Reason
from services.certificates.verifying.checking.callers import Callers, Credential
from services.certificates.verifying.checking.verifications import Finding, Verifications
from services.certificates.verifying.domain import employer as limits
from services.certificates.verifying.domain import report
from services.certificates.verifying.domain.employer import EmployerRule
from services.certificates.verifying.domain.report import LogHead, Occasion, SentFile, Told
from services.certificates.verifying.storage import reports as storage
from services.certificates.verifying.storage import usage
from services.certificates.verifying.storage.rows.employers import EmployerRow
from services.certificates.verifying.storage.rows.reports import ReportRow
from services.kit.clock import SHANGHAI, local_day
from services.kit.errors import precondition
from services.kit.intake import reading, rejects
from services.kit.intake.notice import Notice
from services.kit.intake.refusal import unreadable
from services.kit.intake.table import Table
from services.kit.intake.upload import Upload, digest
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Store
from services.kit.values.ids import new_id
from services.kit.values.text import clean
from services.vocabulary import certificate_list
from services.vocabulary.certificate_list import CertificateRow
from services.vocabulary.policy import in_force
from services.vocabulary.sentences import explained

LARGEST_FILE = 16 * 2**20  # bytes
AT_ONCE = 1000  # rows that are looked up with one statement
LONGEST_FILENAME = 200
PUBLISHED = 2.0  # seconds that a report waits for the log to have what it tells of


class Answer(NamedTuple):
    """One row with what was found; no finding where the row could not be read."""

    row: CertificateRow
    finding: Finding | None


class Answers(NamedTuple):
    """The next rows of a file that has `total`."""

    rows: list[Answer]
    total: int


class Refused(NamedTuple):
    """The next part of the file of rows that could not be read."""

    part: bytes


class Made(NamedTuple):
    """A stored report and its bytes."""

    row: ReportRow
    content: bytes


class Reported(NamedTuple):
    """The end of a file: its report, and what was folded, assumed or left out while it was read."""

    made: Made
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class Press:
    """What reports are made with: the name they are issued under, its keys (None: there are none), and the log."""

    issuer: Issuer
    keyring: Keyring | None
    log: Log

    @property
    def did_document(self) -> bytes:
        """The keys that verify reports, as UTF-8 JSON."""
        return did_document(self.issuer.did, self.keyring.public if self.keyring else {})

    async def log_heads(self, positions: Iterable[str]) -> tuple[LogHead, tuple[LogHead, ...]]:
        """Return the newest published tree of this year, and those of other years that have one of `positions`.

        Waits up to `PUBLISHED` seconds for the newest of them, so that the trees have all leaves told of.
        """
        last: dict[str, Position] = {}
        for position in map(Position.parse, set(positions)):
            last[position.origin] = max(position, last.get(position.origin, position))
        for position in last.values():
            with suppress(TimeoutError):
                await self.log.wait_published(position, within=PUBLISHED)
        now = _told(await self.log.head())
        others = sorted(origin for origin in last if origin != now.origin)
        return now, tuple([_told(await self.log.head(origin)) for origin in others])

    def signer_ready(self) -> Keyring:
        """Return the keys; raises REPORT_KEY_MISSING."""
        if self.keyring is None:
            raise precondition(Reason.REPORT_KEY_MISSING, "This service has no key to sign reports with.")
        return self.keyring


class Reports:
    """Files for employers."""

    def __init__(
        self,
        store: Store,
        callers: Callers,
        verifications: Verifications,
        press: Press,
        rules: Sequence[EmployerRule],
    ) -> None:
        self.store = store
        self.callers = callers
        self.verifications = verifications
        self.press = press
        self.rules = rules

    async def verify(
        self, shown: Credential, filename: str, upload: Upload[Any]
    ) -> AsyncIterator[Answers | Refused | Reported]:
        """Answer every row of a file, then hand back those that could not be read, then the report.

        Raises UNAUTHENTICATED, REPORT_KEY_MISSING, UNREADABLE_FILE, FILE_TOO_LARGE, DAILY_QUOTA, all before the first
        row is answered.
        """
        employer = await self.callers.known(shown)
        self.press.signer_ready()
        content = await upload.content(LARGEST_FILE)
        table, rows = await read(content)
        await self._count(employer.name, len(rows))
        told: list[Told] = []
        for part in slices(rows, AT_ONCE):
            answers = await self._answers(part)
            told += map(_row_told, answers)
            yield Answers(answers, len(rows))
        for refused in rejects.file(table, certificate_list.rejects(rows), explained):
            yield Refused(refused)
        file = SentFile(clean(filename)[:LONGEST_FILENAME], digest(content))
        yield Reported(await self._report(employer, file, told), table.notices)

    async def get(self, shown: Credential, name: str) -> Made:
        """Return a report; raises NOT_FOUND and what `require_may_read` raises."""
        await self.callers.require_may_read(shown, REPORT.parent(name))
        async with self.store.read() as tx:
            row = await tx.get(ReportRow, name)
            return Made(row, await storage.content(tx, name))

    async def page(self, shown: Credential, employer: str, size: int, token: str) -> Page[ReportRow]:
        """Return one page of the reports of an employer; raises NOT_FOUND and what `require_may_read` raises."""
        await self.callers.require_may_read(shown, employer)
        async with self.store.read() as tx:
            await tx.get(EmployerRow, employer)
            return await tx.page(matching(ReportRow, parent=employer), ReportRow, size, token)

    async def _count(self, employer: str, rows: int) -> None:
        now = self.store.clock.now()
        rule = in_force(self.rules, local_day(now), "employers")
        limits.require_file_size(rows, rule)
        async with self.store.write() as tx:
            used = await usage.use(tx, employer, local_day(now), rows)
            limits.require_quota(used, rule, until_midnight(now))

    async def _answers(self, rows: Sequence[CertificateRow]) -> list[Answer]:
        readable = [row for row in rows if row.problem is None]
        found = await self.verifications.by_numbers([(row.number, row.name) for row in readable])
        by_row = dict(zip((row.row for row in readable), found, strict=True))
        return [Answer(row, by_row.get(row.row)) for row in rows]

    async def _report(self, employer: EmployerRow, file: SentFile, told: list[Told]) -> Made:
        name = REPORT.child(employer.name, new_id())
        named = employer.name, employer.display_name
        heads = await self.press.log_heads(one.log_position for one in told if one.log_position)
        occasion = Occasion(name, named, self.store.clock.now(), *heads)
        content = await asyncio.to_thread(self._signed, occasion, file, told)
        found = report.counts(told)
        row = ReportRow(
            name=name,
            parent=employer.name,
            filename=file.name,
            file_sha256=file.sha256,
            rows=len(told),
            unread_rows=len(told) - sum(found.values()),
            outcomes={outcome.name: count for outcome, count in found.items()},
            content_sha256=digest(content),
        )
        async with self.store.write() as tx:
            return Made(await storage.insert(tx, row, content), content)

    def _signed(self, occasion: Occasion, file: SentFile, told: list[Told]) -> bytes:
        signer = self.press.signer_ready().active
        document = report.build(occasion, file, told, self.press.issuer)
        intent = proof.intend(document, signer.key_id, occasion.now)
        return proof.secured(intent.document, [proof.sign(intent, signer)])


def _told(head: Checkpoint) -> LogHead:
    return LogHead(head.origin, head.size, encode(head.root))


def _row_told(one: Answer) -> Told:
    """Return what the report says of a row; of certificates that are valid also where the log has them."""
    if one.finding is None:
        return Told(one.row, None)
    entry = one.finding.entry if one.finding.outcome is Outcome.VALID else None
    return Told(one.row, one.finding.outcome, entry.log_position if entry else "")


async def read(content: bytes) -> tuple[Table, list[CertificateRow]]:
    """Return a file as a table and its rows with content; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    table = await reading.read(content, certificate_list.HEADINGS)
    rows = await asyncio.to_thread(certificate_list.rows, table)
    if not rows:
        raise unreadable("The file has no rows below its headings.")
    return table, rows


def slices(rows: Sequence[CertificateRow], size: int) -> Iterator[list[CertificateRow]]:
    """Yield rows in lists of at most `size`."""
    remaining = iter(rows)
    while part := list(itertools.islice(remaining, size)):
        yield part


def until_midnight(now: datetime) -> timedelta:
    """Return how long this day of China still is."""
    local = now.astimezone(SHANGHAI)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - local
