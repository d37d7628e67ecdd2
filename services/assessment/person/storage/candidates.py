"""Look-ups of candidates, and the dossier that eligibility is decided on."""

from sqlalchemy import select

from services.assessment.person.domain.eligibility import Dossier
from services.assessment.person.storage import evidence
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.kit.storage.store import Transaction


async def with_blind_index(tx: Transaction, index: str) -> CandidateRow | None:
    """Return the candidate whose number has that blind index."""
    return await tx.one(select(CandidateRow).where(CandidateRow.blind_index == index))


async def dossier(tx: Transaction, row: CandidateRow) -> Dossier:
    """Return what the candidate declares and what other services published about the person."""
    completions, certificates = await evidence.standing(tx, row.person)
    return Dossier(
        row.declared_educations, row.declared_titles, row.declared_starts, completions, certificates
    )
