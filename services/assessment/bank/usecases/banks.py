"""Question banks (题库) and their knowledge points."""

from collections.abc import Sequence

from services.assessment.bank.domain.bank import (
    TRANSITIONS,
    BankAction,
    BankState,
    canonical_code,
    orphans,
    point_id,
    point_key,
)
from services.assessment.bank.storage import banks
from services.assessment.bank.storage.rows.banks import BankRow, KnowledgePointRow
from services.assessment.names import BANK, POINT
from services.assessment.reasons import Reason
from services.assessment.register.storage import bodies
from services.kit.errors import already_exists, invalid
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.vocabulary import qualification
from services.vocabulary.qualification import Qualification
from services.vocabulary.rows import columns_of


class Banks(Lifecycle[BankRow, BankAction]):
    """Commands and questions about banks and knowledge points."""

    row, pattern, transitions = BankRow, BANK, TRANSITIONS

    @command
    async def create(
        self, tx: Transaction, parent: str, identifier: str, *, display_name: str, aim: Qualification
    ) -> BankRow:
        """Open the body's bank for a qualification, one for each; raises UNKNOWN_QUALIFICATION, BANK_EXISTS."""
        name = BANK.child(parent, identifier or new_id())
        qualification.check(aim, "bank.qualification")
        await bodies.active_body(tx, parent)
        if rival := await banks.of_qualification(tx, parent, aim):
            message = f"{rival.name} is the bank of {parent} for this qualification."
            raise already_exists(rival.name, Reason.BANK_EXISTS, message)
        row = BankRow(
            name=name, parent=parent, display_name=display_name, state=BankState.OPEN, **columns_of(aim)
        )
        return await tx.insert(row)

    @command
    async def put_points(
        self, tx: Transaction, parent: str, points: Sequence[tuple[str, str]]
    ) -> list[KnowledgePointRow]:
        """Add (code, title) points or rename them; raises ORPHAN_KNOWLEDGE_POINT for those without a parent."""
        bank = await banks.open_bank(tx, parent)
        wanted = {canonical_code(code): title for code, title in points}
        known = {row.code: row for row in await banks.points(tx, parent)}
        if missing := orphans(list(wanted), known):
            message = "; ".join(violation.message for violation in missing)
            raise invalid(Reason.ORPHAN_KNOWLEDGE_POINT, f"{message}.", *missing)
        return [await _put(tx, bank, known.get(code), code, title) for code, title in wanted.items()]

    async def points_page(self, parent: str, size: int, token: str) -> Page[KnowledgePointRow]:
        """Return one page of a bank's knowledge points, in the order of the standard."""
        async with self.store.read() as tx:
            await tx.get(BankRow, parent)
            return await tx.page(matching(KnowledgePointRow, parent=parent), KnowledgePointRow, size, token)


async def _put(
    tx: Transaction, bank: BankRow, known: KnowledgePointRow | None, code: str, title: str
) -> KnowledgePointRow:
    if known is None:
        key = point_key(bank.occupation, bank.direction, bank.level, code)
        name = POINT.child(bank.name, point_id(code))
        return await tx.insert(
            KnowledgePointRow(name=name, parent=bank.name, code=code, title=title, key=key)
        )
    if known.title != title:
        known.title = title
        await tx.save(known)
    return known
