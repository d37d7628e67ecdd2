"""Rows of marks for the ability part, and of recusals (回避)."""

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.rows import Entity


class MarkRow(Entity, Base, table=True):
    """bodies/{body}/examiners/{examiner}/marks/{mark}; the id is that of the registration, the score in tenths."""

    __tablename__ = "marks"

    registration: str = Field(max_length=300, index=True)
    score: int
    note: str = Field(default="", max_length=2000)


class RecusalRow(Entity, Base, table=True):
    """bodies/{body}/examiners/{examiner}/recusals/{candidate}."""

    __tablename__ = "recusals"

    candidate: str = Field(max_length=240)
    reason: str = Field(max_length=400)
