"""Importing question files: every question is stored, known already, or rejected with reasons.

A file is worked off in batches, each in its own transaction; because known content is recognized by its hash, a
file that was cut off half-way is simply sent again. Reading and hashing are done in threads.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
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
from services.kit.intake.upload import digest
from services.kit.storage import acts
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id

BATCH = 100  # questions a transaction: others that write wait for it
LARGEST_FILE = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """Where questions go: the bank, the knowledge point of those that name none, their author; `dry` stores none."""

    bank: str
    file_format: FileFormat
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


Keep = Callable[[Transaction, Progress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Before:
    """What an import came to before it broke off: its counts, and the flaws of refused questions by their index."""

    counts: Mapping[str, int]
    flaws: Mapping[int, Sequence[Flaw]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question as it comes to the bank: its knowledge point and, where it can be taken, what is stored of it."""

    question: Question
    code: str
    values: dict[str, Any]
    row: ItemRow | None


class ItemImports:
    """Imports of question files into a bank."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(
        self, target: Target, content: bytes, *, before: Before | None = None, keep: Keep | None = None
    ) -> AsyncIterator[Progress]:
        """Yield the progress of importing a file; raises UNREADABLE_FILE, FILE_TOO_LARGE, BANK_CLOSED.

        `keep` is called in the transaction of each batch; an import that broke off goes on after what was `before`.
        """
        target = await self.checked(target)
        file = await reading.in_turn(lambda: files.read(target.file_format, content))
        take = Taking(target, file.noticed, Progress(len(file.questions)), digest(content))
        if before is not None:
            await asyncio.to_thread(take.recall, file.questions, before)
        for start in range(take.progress.checked, len(file.questions), BATCH):
            take.progress.next()
            await self._batch(take, file.questions[start : start + BATCH], keep)
            yield take.progress
        async for step in _ended(take):
            yield step

    async def checked(self, target: Target) -> Target:
        """Return the target with its knowledge point as the bank writes it; raises BANK_CLOSED."""
        async with self.store.read() as tx:
            require_open(target.bank, (await tx.get(BankRow, target.bank)).state)
            if not target.default_code:
                return target
            code = canonical_code(target.default_code)
            point = await banks.point(tx, target.bank, code, "default_knowledge_point")
        return replace(target, default_code=point.code)

    async def _batch(self, take: "Taking", batch: Sequence[Question], keep: Keep | None) -> None:
        dry, prepared = take.target.dry, await asyncio.to_thread(take.prepared, batch)
        async with self.store.read() if dry and keep is None else self.store.write() as tx:
            await take.batch(tx, prepared)
            if not dry:
                details = {"sha256": take.sha256, **take.progress.counts()}
                await acts.record(tx, [take.target.bank], details)
            if keep is not None:
                await keep(tx, take.progress)


@dataclass(slots=True)
class Taking:
    """One import while it goes on: what was seen, noticed and refused so far."""

    target: Target
    noticed: Noticed
    progress: Progress
    sha256: str
    seen: set[str] = field(default_factory=set)
    refused: list[tuple[Question, Sequence[Flaw]]] = field(default_factory=list)

    def recall(self, questions: Sequence[Question], before: Before) -> None:
        """Go on after what another one has taken in, as if this one had."""
        for kind, count in before.counts.items():
            setattr(self.progress, kind, count)
        for one in self.prepared(questions[: self.progress.checked]):
            if flaws := before.flaws.get(one.question.index):
                self.refused.append((one.question, flaws))
            else:
                self._notice(one.question)
                self.seen.add(one.values["content_hash"])

    def prepared(self, batch: Sequence[Question]) -> list[Prepared]:
        """Prepare questions before the transaction, which should be short."""
        return [self._prepared(question) for question in batch]

    def _prepared(self, question: Question) -> Prepared:
        code = code_in(question.category) or self.target.default_code
        if question.flaws:
            return Prepared(question, code, {}, None)
        values = _values(self.target.bank, question, code, self.target.author)
        unnamed = {"name": ""} if self.target.dry else {}
        return Prepared(question, code, values, ItemRow(**values | unnamed))

    async def batch(self, tx: Transaction, batch: Sequence[Prepared]) -> None:
        """Take some questions in; raises BANK_CLOSED."""
        bank = self.target.bank
        if not self.target.dry:
            await banks.open_bank(tx, bank)
        codes = {row.code for row in await banks.points(tx, bank)}
        good: dict[str, Prepared] = {}
        for one in batch:
            if flaws := (*one.question.flaws, *_unknown(one.question, one.code, codes)):
                self._refuse(one.question, flaws)
            else:
                self._notice(one.question)
                self._keep(one, good)
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

    def _keep(self, one: Prepared, good: dict[str, Prepared]) -> None:
        found = one.values["content_hash"]
        if found in self.seen:
            self.progress.duplicates += 1
        else:
            self.seen.add(found)
            good[found] = one

    async def _store(self, tx: Transaction, good: Mapping[str, Prepared]) -> None:
        known = await items.known_hashes(tx, self.target.bank, good)
        fresh = [one for found, one in good.items() if found not in known]
        self.progress.duplicates += len(known)
        self.progress.imported += len(fresh)
        if not self.target.dry:
            await items.insert_many(tx, [one.values for one in fresh])
        self.progress.rows = [one.row for one in fresh if one.row is not None]
        for row in self.progress.rows:
            row.create_time = row.update_time = tx.now


async def _ended(take: Taking) -> AsyncIterator[Progress]:
    """Yield the rejects file part by part, and then the end."""
    parts = files.rejects(take.target.file_format, take.refused)
    while part := await asyncio.to_thread(next, parts, b""):
        take.progress.next()
        take.progress.part = part
        yield take.progress
    take.progress.next()
    take.progress.notices, take.progress.done = take.noticed.notices(), True
    yield take.progress


def _unknown(question: Question, code: str, codes: set[str]) -> list[Flaw]:
    if code in codes:
        return []
    wrong = (
        f"category {question.category!r} names no knowledge point of the bank; correct it"
        if question.category
        else "the question stands in no category; put it into one that names a knowledge point of the bank"
    )
    return [Flaw("category", Reason.UNKNOWN_KNOWLEDGE_POINT, wrong)]


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
