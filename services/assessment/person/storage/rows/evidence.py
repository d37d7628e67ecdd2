"""Rows of what other services published about a person: completions and grade certificates."""

from datetime import date

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.rows import Entity


class EvidenceRow(Entity, Base, table=True):
    """Named after the completion or result that it rests on; once WITHDRAWN it never stands again."""

    __tablename__ = "evidence"

    person: str = Field(max_length=60, index=True)
    kind: str = Field(max_length=20)
    occupation: str = Field(default="", max_length=40)
    direction: str = Field(default="", max_length=60)
    level: int = 0
    held_on: date | None = None
    institution: str = Field(default="", max_length=240)
    institution_uscc: str = Field(default="", max_length=40)
    hours: str = Field(default="", max_length=10)
    state: str = Field(max_length=20)
