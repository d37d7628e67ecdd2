"""Every table of the training service; these rows are the entities that use cases work on."""

from datetime import date
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from services.kit.storage.columns import bytes_column, json_column
from services.kit.storage.rows import Entity, row_base
from services.kit.values.level import Level
from services.training.domain.program import Qualification

Base: Any = row_base("training")


class InstitutionRow(Entity, Base, table=True):
    """institutions/{institution}."""

    __tablename__ = "institutions"

    display_name: str = Field(max_length=100)
    uscc: str = Field(max_length=18, unique=True)
    kind: str = Field(max_length=40)
    region: str = Field(default="", max_length=6)
    warnings: list[str] = json_column(list)


class ListingRow(Entity, Base, table=True):
    """institutions/{institution}/listings/{listing}; `history` holds [state, since, reason], oldest first."""

    __tablename__ = "listings"

    occupation: str = Field(max_length=40)
    role: str = Field(max_length=40)
    state: str = Field(max_length=20)
    batch: str = Field(default="", max_length=40)
    valid_from: date | None = None
    valid_to: date | None = None
    history: list[list[str]] = json_column(list)
    open_key: str | None = Field(default=None, max_length=300, unique=True)
    """Institution, occupation and role while neither removed nor expired: at most one such listing."""


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
    state: str = Field(max_length=20)
    filed_on: date | None = None
    warnings: list[str] = json_column(list)

    @property
    def qualification(self) -> Qualification:
        """What the training leads to."""
        return Qualification(self.occupation, self.direction, Level(self.level))


class LearnerRow(Entity, Base, table=True):
    """institutions/{institution}/learners/{learner}; number and phone are sealed."""

    __tablename__ = "learners"
    __table_args__ = (UniqueConstraint("parent", "blind_index"),)

    display_name: str = Field(max_length=60)
    sealed_id: bytes = bytes_column()
    blind_index: str = Field(max_length=43)
    person: str = Field(max_length=40, index=True)
    id_masked: str = Field(max_length=18)
    sealed_phone: bytes | None = bytes_column(nullable=True)
    phone_masked: str = Field(default="", max_length=21)
    employer: str = Field(default="", max_length=100)
    education: str = Field(default="", max_length=40)


class EnrollmentRow(Entity, Base, table=True):
    """institutions/{institution}/cohorts/{cohort}/enrollments/{enrollment}; score in tenths."""

    __tablename__ = "enrollments"
    __table_args__ = (UniqueConstraint("parent", "learner"),)

    learner: str = Field(max_length=200, index=True)
    learner_display_name: str = Field(max_length=60)
    enrolled_on: date
    state: str = Field(max_length=20)
    exam_score: int | None = None
    examined_on: date | None = None
    reason: str = Field(default="", max_length=500)


class HourEntryRow(Entity, Base, table=True):
    """…/enrollments/{enrollment}/hourEntries/{hour_entry}: never updated; hours in tenths."""

    __tablename__ = "hour_entries"

    item: str = Field(max_length=60)
    mode: str = Field(max_length=10)
    hours: int
    taught_on: date
    corrects: str | None = Field(default=None, max_length=300, unique=True)
    reason: str = Field(default="", max_length=500)


class CompletionRow(Entity, Base, table=True):
    """institutions/{institution}/completions/{completion}; hours and score in tenths."""

    __tablename__ = "completions"
    __table_args__ = (Index(None, "cohort", "name"),)

    enrollment: str = Field(max_length=300, unique=True)
    cohort: str = Field(max_length=240)
    learner: str = Field(max_length=200)
    person: str = Field(max_length=40)
    holder_name: str = Field(max_length=60)
    occupation: str = Field(max_length=40)
    direction: str = Field(default="", max_length=60)
    level: int
    listing: str = Field(max_length=200)
    hours: int
    exam_score: int
    completed_on: date
    state: str = Field(max_length=20)
    reason: str = Field(default="", max_length=500)
    standing_key: str | None = Field(default=None, max_length=400, unique=True)
    """Institution, person and qualification while it stands: at most one such completion."""

    @property
    def qualification(self) -> Qualification:
        """What the person was trained for."""
        return Qualification(self.occupation, self.direction, Level(self.level))
