"""Rows of examiners and proctors (考评员, 监考员)."""

from typing import Any

from sqlmodel import Field

from services.assessment.register.domain.examiner import ExaminerState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity


class ExaminerRow(Entity, Base, table=True):
    """bodies/{body}/examiners/{examiner}; see `domain.examiner` for the shape of `qualifications`."""

    __tablename__ = "examiners"

    display_name: str = Field(max_length=100)
    qualifications: list[dict[str, Any]] = json_column(list)
    proctor: bool = False
    employer: str = Field(default="", max_length=200)
    state: ExaminerState = enum_column(ExaminerState)
    reason: str = Field(default="", max_length=500)
