"""Look-ups of question banks and their knowledge points."""

from collections.abc import Sequence

from sqlalchemy import select

from services.assessment.bank.domain.bank import point_id, require_open
from services.assessment.bank.storage.rows.banks import BankRow, KnowledgePointRow
from services.assessment.names import POINT
from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid
from services.kit.storage.store import Transaction
from services.vocabulary.qualification import Qualification


async def open_bank(tx: Transaction, name: str) -> BankRow:
    """Return the bank locked until COMMIT; raises NOT_FOUND, BANK_CLOSED."""
    bank = await tx.lock(BankRow, name)
    require_open(name, bank.state)
    return bank


async def of_qualification(tx: Transaction, body: str, aim: Qualification) -> BankRow | None:
    """Return the body's bank for that qualification, None where there is none."""
    found = select(BankRow).where(BankRow.parent == body, BankRow.occupation == aim.occupation)
    return await tx.one(found.where(BankRow.direction == aim.direction, BankRow.level == aim.level))


async def points(tx: Transaction, bank: str) -> Sequence[KnowledgePointRow]:
    """Return all knowledge points of a bank in the order of the standard."""
    of_bank = select(KnowledgePointRow).where(KnowledgePointRow.parent == bank)
    return await tx.all(of_bank.order_by(KnowledgePointRow.name))


async def point(tx: Transaction, bank: str, code: str, field: str) -> KnowledgePointRow:
    """Return the knowledge point of that code; raises UNKNOWN_KNOWLEDGE_POINT that names `field`."""
    found = await tx.find(KnowledgePointRow, POINT.child(bank, point_id(code)))
    if found is None:
        message = f"{bank} has no knowledge point {code}."
        reason = Reason.UNKNOWN_KNOWLEDGE_POINT
        raise invalid(reason, message, Violation(field, message, reason))
    return found
