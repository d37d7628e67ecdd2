"""Rows of question banks (题库) and their knowledge points."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.rows import Entity


class BankRow(Entity, Base, table=True):
    """bodies/{body}/banks/{bank}: one per occupation × direction × level of a body."""

    __tablename__ = "banks"
    __table_args__ = (UniqueConstraint("parent", "occupation", "direction", "level"),)

    display_name: str = Field(max_length=200)
    occupation: str = Field(max_length=40)
    direction: str = Field(default="", max_length=60)
    level: int
    state: str = Field(max_length=20)


class KnowledgePointRow(Entity, Base, table=True):
    """bodies/{body}/banks/{bank}/points/{point}; the names sort as the standard does."""

    __tablename__ = "knowledge_points"

    code: str = Field(max_length=10)
    title: str = Field(max_length=300)
    key: str = Field(max_length=200, index=True)
