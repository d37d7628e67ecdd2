"""Rows of exams (考试) and of the series that admission ticket numbers come from."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.columns import json_column, utc_time
from services.kit.storage.rows import Entity


class ExamRow(Entity, Base, table=True):
    """bodies/{body}/exams/{exam}; `seats_taken` and `tickets_issued` change without a new version."""

    __tablename__ = "exams"
    __table_args__ = (CheckConstraint("seats_taken between 0 and capacity", name="seats_within_capacity"),)

    display_name: str = Field(max_length=100)
    site: str = Field(max_length=240)
    occupation: str = Field(max_length=40, index=True)
    direction: str = Field(default="", max_length=60)
    level: int
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
    state: str = Field(max_length=20)
    cancel_reason: str = Field(default="", max_length=400)


class TicketSeriesRow(Base, table=True):  # type: ignore[call-arg]
    """The last number given to an exam of one day."""

    __tablename__ = "ticket_series"

    day: date = Field(primary_key=True)
    last: int
