"""Look-ups of exams, seats taken by one conditional UPDATE, and the ticket series of a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from services.assessment.bank.storage.rows.papers import PaperRow
from services.assessment.exam.domain.exam import Appointee, ExamState, PlannedPaper, PlannedSite
from services.assessment.exam.storage.rows.exams import ExamRow, TicketSeriesRow
from services.assessment.reasons import Reason
from services.assessment.register.storage import listings
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.assessment.register.storage.rows.sites import SiteRow
from services.kit.errors import AppError, exhausted, precondition
from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction
from services.vocabulary.listing import Listing, in_force

EXAMS = ExamRow.__table__  # type: ignore[attr-defined]
SERIES = TicketSeriesRow.__table__  # type: ignore[attr-defined]


def of_body(body: str, **filters: str) -> Select[Any]:
    """Return the SELECT of a body's exams, of all bodies for "bodies/-"."""
    return matching(ExamRow, parent="" if body == "bodies/-" else body, **filters)


async def listing_on(tx: Transaction, body: str, occupation: str, day: date) -> Listing | None:
    """Return the listing in force on that day, None where the body is not listed."""
    return in_force(await listings.of_body(tx, body, occupation), day)


async def planned_site(tx: Transaction, body: str, name: str) -> PlannedSite | None:
    """Return the site as the schedule rules see it, None where the body has none of that name."""
    row = await tx.find(SiteRow, name)
    if row is None or row.parent != body:
        return None
    return PlannedSite(row.name, row.state, row.occupations, row.seats)


async def planned_paper(tx: Transaction, body: str, name: str) -> PlannedPaper | None:
    """Return the paper as the schedule rules see it, None where the body has none of that name."""
    row = await tx.find(PaperRow, name)
    if row is None or row.parent != body:
        return None
    return PlannedPaper(row.state, row.qualification)


async def appointees(tx: Transaction, body: str, names: Sequence[str]) -> list[Appointee]:
    """Return the people of those names in their order, an unknown one for each that the body does not have."""
    rows = await tx.all(select(ExaminerRow).where(ExaminerRow.parent == body, ExaminerRow.name.in_(names)))
    found = {row.name: Appointee(row.name, row.state, row.proctor, row.qualifications) for row in rows}
    return [found.get(name, Appointee(name)) for name in names]


async def next_series(tx: Transaction, day: date) -> int:
    """Return the next number of an exam on that day; two exams never get the same."""
    first = tx.upsert(SERIES).values(day=day, last=1)
    statement = first.on_conflict_do_update(index_elements=["day"], set_={"last": SERIES.c.last + 1})
    return int((await tx.execute(statement.returning(SERIES.c.last))).scalar_one())


async def take_seat(tx: Transaction, name: str) -> int:
    """Take one seat and return the serial of its ticket; raises EXAM_FULL or REGISTRATION_NOT_OPEN.

    The condition stands in the UPDATE itself, so that no number of callers takes more seats than there are.
    """
    free = (EXAMS.c.seats_taken < EXAMS.c.capacity, EXAMS.c.state == ExamState.OPEN)
    statement = (
        EXAMS.update()
        .where(EXAMS.c.name == name, *free, EXAMS.c.registration_close > tx.now)
        .values(seats_taken=EXAMS.c.seats_taken + 1, tickets_issued=EXAMS.c.tickets_issued + 1)
        .returning(EXAMS.c.tickets_issued)
    )
    serial = (await tx.execute(statement)).scalar_one_or_none()
    if serial is None:
        raise await _no_seat(tx, name)
    return int(serial)


async def _no_seat(tx: Transaction, name: str) -> AppError:
    row = await tx.get(ExamRow, name)
    await tx.session.refresh(row)
    if row.state != ExamState.OPEN or row.registration_close <= tx.now:
        message = f"Registration for {name} is not open (state {row.state}, until {row.registration_close})."
        return precondition(Reason.REGISTRATION_NOT_OPEN, message, name=name, state=row.state)
    return exhausted(Reason.EXAM_FULL, f"All {row.capacity} seats of {name} are taken.", name=name)


async def free_seat(tx: Transaction, name: str) -> None:
    """Give one seat back; raises REGISTRATION_NOT_OPEN once registration is closed."""
    statement = (
        EXAMS.update()
        .where(EXAMS.c.name == name, EXAMS.c.state == ExamState.OPEN)
        .values(seats_taken=EXAMS.c.seats_taken - 1)
    )
    if (await tx.execute(statement)).rowcount != 1:  # type: ignore[attr-defined]
        raise precondition(Reason.REGISTRATION_NOT_OPEN, f"Registration for {name} is closed.", name=name)
