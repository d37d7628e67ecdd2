"""Rows of the ledger of learning hours (学时)."""

from datetime import date

from sqlmodel import Field

from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity
from services.training.root import Base
from services.training.teaching.domain.hour_entry import TeachingMode


class HourEntryRow(Entity, Base, table=True):
    """…/enrollments/{enrollment}/hourEntries/{hour_entry}: never updated; hours in tenths."""

    __tablename__ = "hour_entries"

    item: str = Field(max_length=60)
    mode: TeachingMode = enum_column(TeachingMode)
    hours: int
    taught_on: date
    corrects: str | None = Field(default=None, max_length=300, unique=True)
    reason: str = Field(default="", max_length=500)
