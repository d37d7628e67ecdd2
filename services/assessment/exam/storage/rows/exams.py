"""Rows of exams (考试) and of the series that admission ticket numbers come from."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from services.assessment.exam.domain.exam import ExamState, Window
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column, utc_time
from services.kit.storage.rows import Entity, paged
from services.vocabulary.rows import Qualified


class ExamRow(Entity, Qualified, Base, table=True):
    """bodies/{body}/exams/{exam}; `seats_taken` and `tickets_issued` change without a new version."""

    __tablename__ = "exams"
    __table_args__ = (
        CheckConstraint("seats_taken between 0 and capacity", name="seats_within_capacity"),
        *paged("parent", "occupation", "state"),
    )

    display_name: str = Field(max_length=100)
    site: str = Field(max_length=240)
    paper: str = Field(max_length=240)
    theory_start: datetime = utc_time()
    theory_end: datetime = utc_time()
    theory_minutes: int
    ability_start: datetime = utc_time()
    ability_end: datetime = utc_time()
    ability_task: str = Field(default="", sa_type=Text)
    capacity: int
    proctors: list[str] = json_column(list)
    examiners: list[str] = json_column(list)
    registration_close: datetime = utc_time()
    seats_taken: int = 0
    tickets_issued: int = 0
    ticket_series: int
    examined_on: date
    listing: str = Field(max_length=240)
    state: ExamState = enum_column(ExamState)
    cancel_reason: str = Field(default="", max_length=400)

    @property
    def theory(self) -> Window:
        """When the theory part may be sat."""
        return Window(self.theory_start, self.theory_end)

    @property
    def ability(self) -> Window:
        """When the ability part is held."""
        return Window(self.ability_start, self.ability_end)


class TicketSeriesRow(Base, table=True):  # type: ignore[call-arg]
    """The last number given to an exam of one day."""

    __tablename__ = "ticket_series"

    day: date = Field(primary_key=True)
    last: int
