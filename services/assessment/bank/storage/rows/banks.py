"""Rows of question banks (题库) and their knowledge points."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.assessment.bank.domain.bank import BankState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity, paged
from services.vocabulary.rows import Qualified


class BankRow(Entity, Qualified, Base, table=True):
    """bodies/{body}/banks/{bank}: one per occupation × direction × level of a body."""

    __tablename__ = "banks"
    __table_args__ = (UniqueConstraint("parent", "occupation", "direction", "level"), *paged("parent"))

    display_name: str = Field(max_length=200)
    state: BankState = enum_column(BankState)


class KnowledgePointRow(Entity, Base, table=True):
    """bodies/{body}/banks/{bank}/points/{point}; the names sort as the standard does."""

    __tablename__ = "knowledge_points"

    code: str = Field(max_length=10)
    title: str = Field(max_length=300)
    key: str = Field(max_length=200, index=True)
