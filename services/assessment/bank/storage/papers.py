"""Look-ups of papers; the content is read here and nowhere else, and its seal is checked every time."""

import json
from dataclasses import dataclass

from services.assessment.bank.domain.paper import (
    TRANSITIONS,
    PaperAction,
    PaperQuestion,
    PaperState,
    check_release,
    check_seal,
    from_json,
    not_released,
)
from services.assessment.bank.storage.rows.papers import PaperContentRow, PaperRow
from services.kit.storage.store import Transaction
from services.kit.values.lifecycle import advance


@dataclass(frozen=True, slots=True)
class SealedPaper:
    """A paper with its questions and keys: for marking and attempts, never for an answer as it is."""

    row: PaperRow
    questions: tuple[PaperQuestion, ...]


async def sealed_paper(tx: Transaction, name: str) -> SealedPaper:
    """Return a released or used paper with keys; raises NOT_FOUND, PAPER_NOT_RELEASED, SEAL_BROKEN."""
    row = await tx.get(PaperRow, name)
    if row.state not in (PaperState.RELEASED, PaperState.USED):
        raise not_released(name, row.state)
    return SealedPaper(row, from_json(json.loads(await sealed_text(tx, row))))


async def open_paper(tx: Transaction, name: str, subject: str) -> SealedPaper:
    """Return the paper, releasing it first where it is sealed and its window is open; raises OUTSIDE_WINDOW."""
    row = await tx.get(PaperRow, name)
    if row.state == PaperState.SEALED:
        await release(tx, await tx.lock(PaperRow, name), subject)
    return await sealed_paper(tx, name)


async def release(tx: Transaction, row: PaperRow, subject: str) -> PaperRow:
    """Release a locked paper; raises WRONG_STATE, OUTSIDE_WINDOW, SEAL_BROKEN."""
    state = advance(TRANSITIONS, row.state, PaperAction.RELEASE, row.name)
    check_release(row.name, row.release_from, row.release_to, tx.now)
    await sealed_text(tx, row)
    row.state = state
    note(tx, row, PaperAction.RELEASE, subject)
    return await tx.save(row)


async def sealed_text(tx: Transaction, row: PaperRow) -> str:
    """Return the canonical content; raises SEAL_BROKEN where it is not what was sealed."""
    text = (await tx.get(PaperContentRow, content_name(row.name))).content
    if row.content_hash:
        check_seal(row.name, text, row.content_hash)
    return text


def note(tx: Transaction, row: PaperRow, action: PaperAction, subject: str) -> None:
    """Add an entry to the paper's chain of custody."""
    entry = {"action": action.name, "subject": subject, "time": tx.now.isoformat()}
    row.custody = [*row.custody, entry]


def content_name(paper: str) -> str:
    """Return the name under which a paper's content lies."""
    return f"{paper}/content"
