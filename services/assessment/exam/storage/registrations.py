"""Look-ups of registrations."""

from collections.abc import Sequence

from sqlalchemy import select, update

from services.assessment.exam.domain.registration import RegistrationState
from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.kit.errors import not_found
from services.kit.storage.store import Transaction


async def live(tx: Transaction, exam: str, person: str) -> RegistrationRow | None:
    """Return the registration of a person for an exam that is not cancelled."""
    of_exam = select(RegistrationRow).where(RegistrationRow.parent == exam, RegistrationRow.person == person)
    return await tx.one(of_exam.where(RegistrationRow.state != RegistrationState.CANCELLED))


async def taken_seats(tx: Transaction, exam: str) -> Sequence[int]:
    """Return the seats that are taken."""
    of_exam = select(RegistrationRow.seat).where(RegistrationRow.parent == exam)
    return await tx.all(of_exam.where(RegistrationRow.state != RegistrationState.CANCELLED))


async def owned(tx: Transaction, name: str, candidate: str) -> RegistrationRow:
    """Return a registration, of that candidate where one is named; raises NOT_FOUND."""
    row = await tx.get(RegistrationRow, name)
    if candidate and row.candidate != candidate:
        raise not_found(name)
    return row


async def mark_absent(tx: Transaction, exam: str) -> None:
    """Note who did not come."""
    admitted = (RegistrationRow.parent == exam, RegistrationRow.state == RegistrationState.ADMITTED)
    changed = {
        "state": RegistrationState.ABSENT,
        "version": RegistrationRow.version + 1,
        "update_time": tx.now,
    }
    marking = update(RegistrationRow).where(*admitted).values(changed).returning(RegistrationRow.name)
    for name in (await tx.execute(marking)).scalars():
        tx.act.touch(name, RegistrationState.ADMITTED, RegistrationState.ABSENT)
