"""Look-ups of evidence by the person it is about."""

from sqlalchemy import select

from services.assessment.person.domain.eligibility import Proof
from services.assessment.person.domain.evidence import EvidenceKind, EvidenceState
from services.assessment.person.storage.rows.evidence import EvidenceRow
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction


async def standing(tx: Transaction, person: str) -> tuple[list[Proof], list[Proof]]:
    """Return the standing completions and grade certificates of a person."""
    of_person = select(EvidenceRow).where(EvidenceRow.person == person)
    rows = await tx.all(
        of_person.where(EvidenceRow.state == EvidenceState.STANDING).order_by(EvidenceRow.name)
    )
    return (
        [_proof(row) for row in rows if row.kind == EvidenceKind.COMPLETION],
        [_proof(row) for row in rows if row.kind == EvidenceKind.GRADE_CERTIFICATE],
    )


async def page(tx: Transaction, person: str, size: int, token: str) -> Page[EvidenceRow]:
    """Return one page of a person's evidence, withdrawn pieces included."""
    known = select(EvidenceRow).where(EvidenceRow.person == person, EvidenceRow.level > 0)
    return await tx.page(known, EvidenceRow, size, token)


def _proof(row: EvidenceRow) -> Proof:
    assert row.held_on is not None
    return Proof(row.qualification, row.held_on, row.name, row.institution, row.institution_uscc)
