"""Papers (试卷): drawn from active items, reviewed, sealed, released inside the window, used, retired."""

import json
import secrets
from datetime import datetime

from services.assessment.bank.domain.blueprint import BlueprintState, from_json
from services.assessment.bank.domain.item import from_json as content_from_json
from services.assessment.bank.domain.paper import (
    TRANSITIONS,
    PaperAction,
    PaperQuestion,
    PaperState,
    canonical,
    check_reviewer,
    check_window,
    seal,
    sealed,
    shows_keys,
    shows_questions,
)
from services.assessment.bank.domain.paper import from_json as questions_from_json
from services.assessment.bank.domain.paper_draw import draw
from services.assessment.bank.storage import banks, items, papers
from services.assessment.bank.storage.rows.banks import BankRow
from services.assessment.bank.storage.rows.blueprints import BlueprintRow
from services.assessment.bank.storage.rows.papers import PaperContentRow, PaperRow
from services.assessment.names import PAPER, bank_of, body_of
from services.assessment.reasons import Reason
from services.assessment.register.storage import bodies
from services.kit.errors import Violation, invalid, precondition
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.vocabulary.rows import columns_of


class Papers(Resource[PaperRow]):
    """Commands and questions about papers; `actor` is the person who calls."""

    row, pattern = PaperRow, PAPER

    @command
    async def draw(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        blueprint: str,
        seed: str,
        release_from: datetime,
        release_to: datetime,
        actor: str,
    ) -> PaperRow:
        """Draw a paper; raises BLUEPRINT_NOT_ADOPTED, BANK_LACKS_ITEMS, INVALID_PERIOD."""
        name = PAPER.child(parent, identifier or new_id())
        check_window(release_from, release_to)
        await bodies.active_body(tx, parent)
        plan = await _adopted(tx, parent, blueprint)
        bank = await banks.open_bank(tx, bank_of(blueprint))
        seed = seed or secrets.token_hex(16)
        questions = await _questions(tx, bank, plan, seed)
        row = PaperRow(
            name=name,
            parent=parent,
            bank=bank.name,
            blueprint=blueprint,
            **columns_of(bank.qualification),
            seed=seed,
            question_count=len(questions),
            release_from=release_from,
            release_to=release_to,
            state=PaperState.DRAFTED,
        )
        papers.note(tx, row, PaperAction.DRAW, actor)
        await tx.insert(row)
        content = PaperContentRow(
            name=papers.content_name(row.name), parent=row.name, content=canonical(questions)
        )
        await tx.insert(content)
        return row

    @command
    async def review(self, tx: Transaction, name: str, etag: str, actor: str) -> PaperRow:
        """Approve a paper that somebody else drew."""
        row = await tx.lock(PaperRow, name, etag)
        check_reviewer(name, row.custody[0]["subject"], actor)
        return await _move(tx, row, PaperAction.REVIEW, actor)

    @command
    async def seal(self, tx: Transaction, name: str, etag: str, actor: str) -> PaperRow:
        """Close a reviewed paper: from now on only its hash is shown."""
        row = await tx.lock(PaperRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, PaperAction.SEAL, name)
        row.content_hash = seal(await papers.sealed_text(tx, row))
        papers.note(tx, row, PaperAction.SEAL, actor)
        return await tx.save(row)

    @command
    async def release(self, tx: Transaction, name: str, etag: str, actor: str) -> PaperRow:
        """Open a sealed paper inside its window; raises OUTSIDE_WINDOW, SEAL_BROKEN."""
        return await papers.release(tx, await tx.lock(PaperRow, name, etag), actor)

    @command
    async def end(self, tx: Transaction, name: str, etag: str, action: PaperAction, actor: str) -> PaperRow:
        """Finish or retire a paper."""
        return await _move(tx, await tx.lock(PaperRow, name, etag), action, actor)

    async def content(self, name: str) -> tuple[tuple[PaperQuestion, ...], bool]:
        """Return the questions and whether their keys may be shown; raises PAPER_SEALED."""
        async with self.store.read() as tx:
            row = await tx.get(PaperRow, name)
            released = any(entry["action"] == PaperAction.RELEASE.name for entry in row.custody)
            if not shows_questions(row.state, released):
                raise sealed(name, row.release_from)
            text = await papers.sealed_text(tx, row)
        return questions_from_json(json.loads(text)), shows_keys(row.state, released)


async def _move(tx: Transaction, row: PaperRow, action: PaperAction, actor: str) -> PaperRow:
    row.state = advance(TRANSITIONS, row.state, action, row.name)
    papers.note(tx, row, action, actor)
    return await tx.save(row)


async def _adopted(tx: Transaction, parent: str, name: str) -> BlueprintRow:
    if body_of(name) != parent:
        message = f"{name} is no blueprint of {parent}."
        raise invalid("INVALID_NAME", message, Violation("blueprint", message, "INVALID_NAME"))
    plan = await tx.get(BlueprintRow, name)
    if plan.state != BlueprintState.ADOPTED:
        message = f"{name} is {plan.state}; papers are drawn by adopted blueprints."
        raise precondition(Reason.BLUEPRINT_NOT_ADOPTED, message, name=name)
    return plan


async def _questions(tx: Transaction, bank: BankRow, plan: BlueprintRow, seed: str) -> list[PaperQuestion]:
    drawn = draw(bank.name, from_json(plan.parts), await items.drawable(tx, bank.name), seed)
    rows = await items.by_name(tx, [one.name for one in drawn])
    return [
        PaperQuestion(
            position,
            one.points,
            items.version_name(one.name, rows[one.name].revision),
            rows[one.name].knowledge_point,
            content_from_json(rows[one.name].content),
        )
        for position, one in enumerate(drawn, 1)
    ]
