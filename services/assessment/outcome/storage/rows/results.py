"""Rows of results (成绩) and integrity records (诚信档案)."""

from datetime import date

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.columns import json_column
from services.kit.storage.rows import Entity


class ResultRow(Entity, Base, table=True):
    """bodies/{body}/results/{result}; the id is that of the registration, scores in tenths of a point."""

    __tablename__ = "results"

    exam: str = Field(max_length=240, index=True)
    registration: str = Field(max_length=300, unique=True)
    candidate: str = Field(max_length=240, index=True)
    candidate_display_name: str = Field(max_length=60)
    person: str = Field(max_length=60)
    occupation: str = Field(max_length=40)
    direction: str = Field(default="", max_length=60)
    level: int
    examined_on: date
    theory_score: int | None = None
    ability_score: int | None = None
    marking_state: str = Field(max_length=20)
    passed: bool = False
    state: str = Field(max_length=20)
    published_on: date | None = None
    publicity_ends_on: date | None = None
    tier: str = Field(default="", max_length=1)
    annul_reason: str = Field(default="", max_length=400)
    void_parts: list[str] = json_column(list)


class IntegrityRecordRow(Entity, Base, table=True):
    """Named after its result; `parent` is the person's pseudonym, no last day means long term."""

    __tablename__ = "integrity_records"

    result: str = Field(max_length=240)
    tier: str = Field(max_length=1)
    reason: str = Field(max_length=400)
    starts_on: date
    ends_on: date | None = None
