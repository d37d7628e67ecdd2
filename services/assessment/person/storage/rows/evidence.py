"""Rows of what other services published about a person: completions and grade certificates."""

from datetime import date

from sqlmodel import Field

from services.assessment.person.domain.evidence import EvidenceKind, EvidenceState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity, paged
from services.vocabulary.rows import Qualified


class EvidenceRow(Entity, Qualified, Base, table=True):
    """Named after the completion or result that it rests on; once WITHDRAWN it never stands again.

    One that was withdrawn before it arrived names no qualification.
    """

    __tablename__ = "evidence"
    __table_args__ = paged("person")

    person: str = Field(max_length=60)
    kind: EvidenceKind = enum_column(EvidenceKind)
    occupation: str = Field(default="", max_length=40)
    level: int = 0
    held_on: date | None = None
    institution: str = Field(default="", max_length=240)
    institution_uscc: str = Field(default="", max_length=40)
    hours: str = Field(default="", max_length=10)
    state: EvidenceState = enum_column(EvidenceState)
