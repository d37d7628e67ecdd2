"""Importing question files: every question is stored, known already, or rejected with reasons.

A file is worked off in batches, each in its own transaction; because known content is recognized by its hash, a
file that was cut off half-way is simply sent again. Reading and hashing are done in threads.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.assessment.bank.domain import question_gift, question_moodle
from services.assessment.bank.domain.bank import canonical_code, require_open
from services.assessment.bank.domain.item import content_hash, to_json
from services.assessment.bank.domain.item_review import ItemState
from services.assessment.bank.domain.question_file import Flaw, Question, code_in
from services.assessment.bank.storage import banks, items
from services.assessment.bank.storage.rows.banks import BankRow
from services.assessment.bank.storage.rows.items import ItemRow
from services.assessment.names import ITEM
from services.assessment.reasons import Reason
from services.kit.errors import AppError, invalid
from services.kit.storage import acts
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id

BATCH = 100  # questions a transaction: others that write wait for it
LARGEST_FILE = 32 * 2**20


class FileFormat(StrEnum):
    """Formats that can be imported."""

    MOODLE_XML = "MOODLE_XML"
    GIFT = "GIFT"


@dataclass(frozen=True, slots=True)
class Reject:
    """A question that was not taken, with one of its flaws."""

    question: Question
    flaw: Flaw


@dataclass(slots=True)
class Progress:
    """Counts so far; `rejects` and `rows` are those of the last batch."""

    found: int
    checked: int = 0
    imported: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rows: list[ItemRow] = field(default_factory=list)
    done: bool = False

    def counts(self) -> dict[str, int]:
        """Return the counts alone."""
        kinds = ("found", "checked", "imported", "duplicates", "rejected")
        return {kind: getattr(self, kind) for kind in kinds}


Keep = Callable[[Transaction, Progress], Awaitable[None]]


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
        self,
        bank: str,
        file_format: FileFormat,
        data: bytes,
        default_code: str,
        actor: str,
        *,
        dry: bool,
        before: Progress | None = None,
        keep: Keep | None = None,
    ) -> AsyncIterator[Progress]:
        """Yield the progress of importing a file; a dry run stores nothing. Raises UNREADABLE_FILE, BANK_CLOSED.

        `keep` is called in the transaction of each batch; an import that broke off goes on after `before`.
        """
        default = await self.check(bank, default_code)
        questions = await asyncio.to_thread(read, file_format, data)
        progress, digest = before or Progress(len(questions)), sha256(data).hexdigest()
        seen = await asyncio.to_thread(_hashes, questions[: progress.checked], default)
        for start in range(progress.checked, len(questions), BATCH):
            batch = await asyncio.to_thread(
                _prepare, questions[start : start + BATCH], bank, default, actor, dry=dry
            )
            progress.rejects, progress.rows = [], []
            async with self.store.read() if dry and keep is None else self.store.write() as tx:
                await _take(tx, bank, batch, seen, progress, dry=dry)
                progress.checked += len(batch)
                if not dry:
                    await acts.record(tx, [bank], {"sha256": digest, **progress.counts()})
                if keep is not None:
                    await keep(tx, progress)
            yield progress
        progress.rejects, progress.rows, progress.done = [], [], True
        yield progress

    async def check(self, bank: str, code: str) -> str:
        """Return the code for questions that name none, "" where they are rejected; raises BANK_CLOSED."""
        async with self.store.read() as tx:
            require_open(bank, (await tx.get(BankRow, bank)).state)
            return (
                (await banks.point(tx, bank, canonical_code(code), "default_knowledge_point")).code
                if code
                else ""
            )


async def _take(
    tx: Transaction,
    bank: str,
    batch: Sequence[Prepared],
    seen: set[str],
    progress: Progress,
    *,
    dry: bool,
) -> None:
    if not dry:
        await banks.open_bank(tx, bank)
    codes = {row.code for row in await banks.points(tx, bank)}
    good: dict[str, Prepared] = {}
    for one in batch:
        question = one.question
        if flaws := (*question.flaws, *_unknown(question, one.code, codes)):
            progress.rejected += 1
            progress.rejects += [Reject(question, flaw) for flaw in flaws]
            continue
        digest = one.values["content_hash"]
        if digest in seen:
            progress.duplicates += 1
        else:
            seen.add(digest)
            good[digest] = one
    await _store(tx, bank, good, progress, dry=dry)


async def _store(
    tx: Transaction, bank: str, good: Mapping[str, Prepared], progress: Progress, *, dry: bool
) -> None:
    known = await items.known_hashes(tx, bank, good)
    fresh = [one for digest, one in good.items() if digest not in known]
    progress.duplicates += len(known)
    progress.imported += len(fresh)
    if not dry:
        await items.insert_many(tx, [one.values for one in fresh])
    progress.rows = [one.row for one in fresh if one.row is not None]
    for row in progress.rows:
        row.create_time = row.update_time = tx.now


def _prepare(batch: Sequence[Question], bank: str, default: str, actor: str, *, dry: bool) -> list[Prepared]:
    """Prepare questions before the transaction, which should be short; in a dry run rows have no name."""
    prepared = []
    for question in batch:
        code = code_in(question.category) or default
        values = _values(bank, question, code, actor) if question.content is not None else {}
        row = ItemRow(**values | ({"name": ""} if dry else {})) if values else None
        prepared.append(Prepared(question, code, values, row))
    return prepared


def _hashes(questions: Iterable[Question], default: str) -> set[str]:
    coded = ((question.content, code_in(question.category) or default) for question in questions)
    return {content_hash(content, code) for content, code in coded if content is not None}


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


def read(file_format: FileFormat, data: bytes) -> list[Question]:
    """Return the questions of a file; raises UNREADABLE_FILE."""
    text = decode(data)
    if file_format == FileFormat.GIFT:
        found = list(question_gift.questions(text))
    else:
        found = list(question_moodle.questions(_root(text), text))
    if not found:
        raise unreadable("it holds no question")
    return found


def decode(data: bytes) -> str:
    """Return UTF-8 (with or without BOM), UTF-16 with BOM or GB 18030 as text; raises UNREADABLE_FILE."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("its text is neither UTF-8 nor GB 18030")


def _root(text: str) -> Any:
    body = text.lstrip()
    if body.startswith("<?xml"):
        body = body.partition("?>")[2]  # the text is decoded already, whatever the declaration says
    skipped = text[: len(text) - len(body)].count("\n")
    try:
        root = fromstring(body, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise unreadable(f"line {line + skipped}, column {column}: it is no well-formed XML") from None
    except DefusedXmlException:
        raise unreadable("it declares a document type or entities, which are not accepted") from None
    if root.tag != "quiz":
        raise unreadable(f"its root is <{root.tag[:40]}>, not <quiz>")
    return root


def unreadable(why: str) -> AppError:
    """Refuse a whole file."""
    return invalid(Reason.UNREADABLE_FILE, f"The file cannot be read: {why}.")


def too_large() -> AppError:
    """Refuse a file above the limit."""
    return invalid(Reason.FILE_TOO_LARGE, f"The file is larger than {LARGEST_FILE // 2**20} MiB; split it.")
