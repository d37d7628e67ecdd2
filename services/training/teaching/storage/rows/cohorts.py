"""Rows of cohorts (班次)."""

from datetime import date

from sqlmodel import Field

from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity
from services.training.root import Base
from services.training.teaching.domain.cohort import CohortState
from services.vocabulary.rows import Qualified


class CohortRow(Entity, Qualified, Base, table=True):
    """institutions/{institution}/cohorts/{cohort}."""

    __tablename__ = "cohorts"

    display_name: str = Field(max_length=100)
    start_date: date
    end_date: date
    capacity: int
    state: CohortState = enum_column(CohortState)
    filed_on: date | None = None
    warnings: list[str] = json_column(list)
