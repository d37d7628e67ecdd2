"""Importing question files: every question is stored, known already, or rejected with reasons.

A file is worked off in batches, each in its own transaction; because known content is recognized by its hash, a
file that was cut off half-way is simply sent again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.assessment.bank.domain.bank import canonical_code, require_open
from services.assessment.bank.domain.item import content_hash, to_json
from services.assessment.bank.domain.item_review import ItemState
from services.assessment.bank.domain.question_file import SAID, Flaw, Question, code_in
from services.assessment.bank.formats import files
from services.assessment.bank.formats.files import FileFormat
from services.assessment.bank.storage import banks, items
from services.assessment.bank.storage.rows.banks import BankRow
from services.assessment.bank.storage.rows.items import ItemRow
from services.assessment.names import ITEM
from services.assessment.reasons import Reason
from services.kit.intake import reading
from services.kit.intake.notice import Notice, NoticeCode, Noticed
from services.kit.intake.upload import Upload, digest
from services.kit.storage import acts
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id

BATCH = 200
LARGEST_FILE = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """Where questions go: the bank, the knowledge point of those that name none, their author, and whether to store."""

    bank: str
    default_code: str
    author: str
    dry: bool


@dataclass(frozen=True, slots=True)
class Reject:
    """A question that was not taken, with one of its flaws."""

    question: Question
    flaw: Flaw


@dataclass(slots=True)
class Progress:
    """Counts so far; `rejects`, `rows` and `part` of the rejects file are those of the last step."""

    found: int
    checked: int = 0
    imported: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rows: list[ItemRow] = field(default_factory=list)
    part: bytes = b""
    notices: Sequence[Notice] = ()
    done: bool = False

    def next(self) -> None:
        """Begin a step."""
        self.rejects, self.rows, self.part = [], [], b""

    def counts(self) -> dict[str, int]:
        """Return the counts alone."""
        kinds = ("found", "checked", "imported", "duplicates", "rejected")
        return {kind: getattr(self, kind) for kind in kinds}


class ItemImports:
    """Imports of question files into a bank."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(
        self, target: Target, file_format: FileFormat, upload: Upload[Any]
    ) -> AsyncIterator[Progress]:
        """Yield the progress of importing a file; a dry run stores nothing.

        Raises UNREADABLE_FILE, FILE_TOO_LARGE, BANK_CLOSED.
        """
        target = replace(target, default_code=await self._default(target.bank, target.default_code))
        content = await upload.content(LARGEST_FILE)
        file = await reading.in_turn(lambda: files.read(file_format, content))
        take = Taking(target, file.noticed, Progress(len(file.questions)), digest(content))
        for start in range(0, len(file.questions), BATCH):
            take.progress.next()
            await self._batch(take, file.questions[start : start + BATCH])
            yield take.progress
        async for step in _ended(take, file_format):
            yield step

    async def _batch(self, take: "Taking", batch: Sequence[Question]) -> None:
        async with self.store.read() if take.target.dry else self.store.write() as tx:
            await take.batch(tx, batch)
            if not take.target.dry:
                details = {"sha256": take.sha256, **take.progress.counts()}
                await acts.record(tx, [take.target.bank], details)

    async def _default(self, bank: str, code: str) -> str:
        async with self.store.read() as tx:
            require_open(bank, (await tx.get(BankRow, bank)).state)
            return (
                (await banks.point(tx, bank, canonical_code(code), "default_knowledge_point")).code
                if code
                else ""
            )


@dataclass(slots=True)
class Taking:
    """One import while it goes on: what was seen, noticed and refused so far."""

    target: Target
    noticed: Noticed
    progress: Progress
    sha256: str
    seen: set[str] = field(default_factory=set)
    refused: list[tuple[Question, Sequence[Flaw]]] = field(default_factory=list)

    async def batch(self, tx: Transaction, batch: Sequence[Question]) -> None:
        """Take some questions in; raises BANK_CLOSED."""
        bank = self.target.bank
        if not self.target.dry:
            await banks.open_bank(tx, bank)
        codes = {row.code for row in await banks.points(tx, bank)}
        good: dict[str, dict[str, Any]] = {}
        for question in batch:
            code = code_in(question.category) or self.target.default_code
            if flaws := (*question.flaws, *_unknown(question, code, codes)):
                self._refuse(question, flaws)
            else:
                self._notice(question)
                self._keep(_values(bank, question, code, self.target.author), good)
        self.progress.checked += len(batch)
        await self._store(tx, good)

    def _refuse(self, question: Question, flaws: Sequence[Flaw]) -> None:
        self.progress.rejected += 1
        self.progress.rejects += [Reject(question, flaw) for flaw in flaws]
        self.refused.append((question, flaws))

    def _notice(self, question: Question) -> None:
        for code in question.said:
            self.noticed.add(code, SAID[code], question.line)
        if not code_in(question.category):
            message = f"names no knowledge point; {self.target.default_code} was assumed"
            self.noticed.add(NoticeCode.VALUE_ASSUMED, message, question.line, field="category")

    def _keep(self, values: dict[str, Any], good: dict[str, dict[str, Any]]) -> None:
        found = values["content_hash"]
        if found in self.seen:
            self.progress.duplicates += 1
        else:
            self.seen.add(found)
            good[found] = values

    async def _store(self, tx: Transaction, good: Mapping[str, dict[str, Any]]) -> None:
        known = await items.known_hashes(tx, self.target.bank, good)
        fresh = [values for found, values in good.items() if found not in known]
        self.progress.duplicates += len(known)
        self.progress.imported += len(fresh)
        unnamed = {"name": ""} if self.target.dry else {}
        if not self.target.dry:
            await items.insert_many(tx, fresh)
        self.progress.rows = [
            ItemRow(**values | unnamed, create_time=tx.now, update_time=tx.now) for values in fresh
        ]


async def _ended(take: Taking, file_format: FileFormat) -> AsyncIterator[Progress]:
    """Yield the rejects file part by part, and then the end."""
    for part in files.rejects(file_format, take.refused):
        take.progress.next()
        take.progress.part = part
        yield take.progress
    take.progress.next()
    take.progress.notices, take.progress.done = take.noticed.notices(), True
    yield take.progress


def _unknown(question: Question, code: str, codes: set[str]) -> list[Flaw]:
    if code in codes:
        return []
    named = (
        f"category {question.category!r} names"
        if question.category
        else "the question has no category that names"
    )
    return [Flaw("category", Reason.UNKNOWN_KNOWLEDGE_POINT, f"{named} no knowledge point of the bank")]


def _values(bank: str, question: Question, code: str, actor: str) -> dict[str, Any]:
    content = question.content
    assert content is not None
    digest = content_hash(content, code)
    return {
        "name": ITEM.child(bank, new_id()),
        "parent": bank,
        "type": content.type,
        "content": to_json(content),
        "knowledge_point": code,
        "state": ItemState.DRAFT,
        "author": actor,
        "reviews": [],
        "content_hash": digest,
        "source_hash": digest,
    }
