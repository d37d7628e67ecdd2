"""Rows of attempts and of the answers saved in them."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from services.assessment.root import Base
from services.assessment.sitting.domain.attempt import AttemptState
from services.kit.storage.columns import enum_column, utc_time
from services.kit.storage.rows import Entity, paged


class AttemptRow(Entity, Base, table=True):
    """candidates/{candidate}/attempts/{attempt}; `deadline` is set when the clock starts."""

    __tablename__ = "attempts"
    __table_args__ = (*paged("parent", "exam"), Index("ix_attempts_clock", "state", "deadline"))

    exam: str = Field(max_length=240)
    registration: str = Field(max_length=300, unique=True)
    paper: str = Field(max_length=240)
    question_count: int
    state: AttemptState = enum_column(AttemptState)
    start_time: datetime | None = utc_time(nullable=True)
    deadline: datetime | None = utc_time(nullable=True)
    submit_time: datetime | None = utc_time(nullable=True)
    submitted_by_clock: bool = False


class AnswerRow(Base, table=True):  # type: ignore[call-arg]
    """The latest answer to one question of an attempt; `answer` is its JSON, `sequence` the client's counter."""

    __tablename__ = "answers"

    attempt: str = Field(primary_key=True, max_length=300)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int = Field(sa_type=BigInteger)
    answer: str = Field(sa_type=Text)
    save_time: datetime = utc_time()
