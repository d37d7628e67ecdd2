"""Exams (考试): scheduled, opened for registration, closed, begun, cancelled."""

from dataclasses import dataclass
from datetime import datetime

from services.assessment.exam.domain.exam import (
    TRANSITIONS,
    ExamAction,
    ExamState,
    Plan,
    Window,
    unmet_schedule_rules,
)
from services.assessment.exam.storage import exams
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.names import EXAM
from services.assessment.policy import Policy
from services.assessment.reasons import Reason
from services.assessment.register.storage import bodies
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.vocabulary.qualification import Qualification
from services.vocabulary.rows import columns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExam:
    """An exam to schedule; no `registration_close` means the start of the theory window."""

    id: str
    display_name: str
    site: str
    qualification: Qualification
    paper: str
    theory: Window
    theory_minutes: int
    ability: Window
    ability_task: str
    capacity: int
    proctors: list[str]
    examiners: list[str]
    registration_close: datetime | None = None


class Exams(Lifecycle[ExamRow, ExamAction]):
    """Commands and questions about exams."""

    row, pattern, transitions = ExamRow, EXAM, TRANSITIONS

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def schedule(self, tx: Transaction, body: str, new: NewExam) -> ExamRow:
        """Schedule an exam; raises BODY_CLOSED, and EXAM_RULES_UNMET with every rule that is not met."""
        row = _row(body, new)
        await bodies.active_body(tx, body)
        plan = await self._plan(tx, row)
        if problems := unmet_schedule_rules(plan):
            message = "The exam does not meet the rules."
            raise precondition(Reason.EXAM_RULES_UNMET, message, *problems, name=row.name)
        row.listing, row.ticket_series = plan.listing, await exams.next_series(tx, row.examined_on)
        return await tx.insert(row)

    async def page_of(self, body: str, size: int, token: str, **filters: str) -> Page[ExamRow]:
        """Return one page of a body's exams, of all bodies for "bodies/-"."""
        async with self.store.read() as tx:
            return await tx.page(exams.of_body(body, **filters), ExamRow, size, token)

    async def _plan(self, tx: Transaction, row: ExamRow) -> Plan:
        """Return what the schedule rules look at, as it stands now."""
        body, day = row.parent, row.examined_on
        listed = await exams.listing_on(tx, body, row.occupation, day)
        return Plan(
            body=body,
            qualification=row.qualification,
            examined_on=day,
            theory=row.theory,
            theory_minutes=row.theory_minutes,
            ability=row.ability,
            registration_close=row.registration_close,
            capacity=row.capacity,
            listing=listed.name if listed else "",
            site=await exams.planned_site(tx, body, row.site),
            paper=await exams.planned_paper(tx, body, row.paper),
            proctors=await exams.appointees(tx, body, row.proctors),
            examiners=await exams.appointees(tx, body, row.examiners),
            staffing=self.policy.staffing(day),
            now=tx.now,
        )

    async def moved(self, tx: Transaction, row: ExamRow, action: ExamAction, reason: str) -> None:
        """Check the beginning of the sitting; keep why an exam was cancelled."""
        if action is ExamAction.BEGIN:
            await self._check_beginning(tx, row)
        if action is ExamAction.CANCEL:
            row.cancel_reason = reason

    async def _check_beginning(self, tx: Transaction, row: ExamRow) -> None:
        """Raise OUTSIDE_EXAM_WINDOW before the exam day and after the theory part, EXAM_RULES_UNMET."""
        if local_day(tx.now) < row.examined_on or tx.now >= row.theory_end:
            message = f"{row.name} takes place on {row.examined_on}, the theory part until {row.theory_end}."
            raise precondition(Reason.OUTSIDE_EXAM_WINDOW, message, name=row.name)
        if problems := unmet_schedule_rules(await self._plan(tx, row)):
            message = "The exam no longer meets the rules."
            raise precondition(Reason.EXAM_RULES_UNMET, message, *problems, name=row.name)


def _row(body: str, new: NewExam) -> ExamRow:
    return ExamRow(
        name=EXAM.child(body, new.id or new_id()),
        parent=body,
        display_name=new.display_name,
        site=new.site,
        paper=new.paper,
        **columns_of(new.qualification),
        theory_start=new.theory.start,
        theory_end=new.theory.end,
        theory_minutes=new.theory_minutes,
        ability_start=new.ability.start,
        ability_end=new.ability.end,
        ability_task=new.ability_task,
        capacity=new.capacity,
        proctors=new.proctors,
        examiners=new.examiners,
        registration_close=new.registration_close or new.theory.start,
        examined_on=local_day(new.theory.start),
        ticket_series=0,
        listing="",
        state=ExamState.SCHEDULED,
    )
