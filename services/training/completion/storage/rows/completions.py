"""Rows of completions (结业)."""

from datetime import date

from sqlmodel import Field

from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity, paged
from services.training.completion.domain.completion import CompletionState
from services.training.root import Base
from services.vocabulary.rows import Qualified


class CompletionRow(Entity, Qualified, Base, table=True):
    """institutions/{institution}/completions/{completion}; hours and score in tenths."""

    __tablename__ = "completions"
    __table_args__ = paged("parent", "cohort")

    enrollment: str = Field(max_length=300, unique=True)
    cohort: str = Field(max_length=240)
    learner: str = Field(max_length=200)
    person: str = Field(max_length=40)
    holder_name: str = Field(max_length=60)
    listing: str = Field(max_length=200)
    hours: int
    exam_score: int
    completed_on: date
    state: CompletionState = enum_column(CompletionState)
    reason: str = Field(default="", max_length=500)
    standing_key: str | None = Field(default=None, max_length=400, unique=True)
    """Institution, person and qualification while it stands: at most one such completion."""
