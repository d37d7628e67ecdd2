"""Rows of cohorts (班次)."""

from datetime import date

from sqlmodel import Field

from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity
from services.training.root import Base
from services.training.teaching.domain.cohort import CohortState
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification


class CohortRow(Entity, Base, table=True):
    """institutions/{institution}/cohorts/{cohort}."""

    __tablename__ = "cohorts"

    display_name: str = Field(max_length=100)
    occupation: str = Field(max_length=40)
    direction: str = Field(default="", max_length=60)
    level: int
    start_date: date
    end_date: date
    capacity: int
    state: CohortState = enum_column(CohortState)
    filed_on: date | None = None
    warnings: list[str] = json_column(list)

    @property
    def qualification(self) -> Qualification:
        """What the training leads to."""
        return Qualification(self.occupation, self.direction, Level(self.level))
