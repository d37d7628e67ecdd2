"""Look-ups of integrity records."""

from services.assessment.person.domain.integrity_record import Term
from services.assessment.person.storage.rows.integrity_records import IntegrityRecordRow
from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction


async def terms(tx: Transaction, person: str) -> list[Term]:
    """Return the terms of a person's integrity records."""
    return [row.term for row in await tx.all(matching(IntegrityRecordRow, parent=person))]
