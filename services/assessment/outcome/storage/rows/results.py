"""Rows of results (成绩)."""

from datetime import date

from sqlmodel import Field

from services.assessment.outcome.domain.mark import MarkingState
from services.assessment.outcome.domain.result import ResultState
from services.assessment.person.domain.integrity_record import Tier
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity, paged
from services.vocabulary.rows import Qualified


class ResultRow(Entity, Qualified, Base, table=True):
    """bodies/{body}/results/{result}; the id is that of the registration, scores in tenths of a point."""

    __tablename__ = "results"
    __table_args__ = paged("parent", "exam", "candidate", "state")

    exam: str = Field(max_length=240)
    registration: str = Field(max_length=300, unique=True)
    candidate: str = Field(max_length=240)
    candidate_display_name: str = Field(max_length=60)
    person: str = Field(max_length=60)
    examined_on: date
    theory_score: int | None = None
    ability_score: int | None = None
    marking_state: MarkingState = enum_column(MarkingState)
    passed: bool = False
    state: ResultState = enum_column(ResultState)
    published_on: date | None = None
    publicity_ends_on: date | None = None
    tier: Tier | None = enum_column(Tier, nullable=True)
    annul_reason: str = Field(default="", max_length=400)
    void_parts: list[str] = json_column(list)
