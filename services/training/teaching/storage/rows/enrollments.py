"""Rows of enrollments (报名入班)."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity, paged
from services.training.root import Base
from services.training.teaching.domain.enrollment import EnrollmentState


class EnrollmentRow(Entity, Base, table=True):
    """institutions/{institution}/cohorts/{cohort}/enrollments/{enrollment}; score in tenths."""

    __tablename__ = "enrollments"
    __table_args__ = (UniqueConstraint("parent", "learner"), *paged("parent", "learner"))

    learner: str = Field(max_length=200)
    learner_display_name: str = Field(max_length=60)
    enrolled_on: date
    state: EnrollmentState = enum_column(EnrollmentState)
    exam_score: int | None = None
    examined_on: date | None = None
    reason: str = Field(default="", max_length=500)
