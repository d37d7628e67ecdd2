"""Look-ups of marks and recusals."""

from collections.abc import Sequence

from sqlalchemy import select

from services.assessment.outcome.storage.rows.marks import MarkRow
from services.kit.storage.store import Transaction


def recusal_name(examiner: str, candidate: str) -> str:
    """Return the name of the recusal of an examiner from a candidate."""
    return f"{examiner}/recusals/{candidate.rsplit('/', 1)[-1]}"


async def of_registration(tx: Transaction, registration: str) -> Sequence[MarkRow]:
    """Return the marks of one candidate, oldest first."""
    of_one = select(MarkRow).where(MarkRow.registration == registration)
    return await tx.all(of_one.order_by(MarkRow.create_time, MarkRow.name))
