"""Rows of integrity records (诚信档案)."""

from datetime import date

from sqlmodel import Field

from services.assessment.person.domain.integrity_record import Term, Tier
from services.assessment.root import Base
from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity


class IntegrityRecordRow(Entity, Base, table=True):
    """Named after its result; `parent` is the person's pseudonym, no last day means long term."""

    __tablename__ = "integrity_records"

    result: str = Field(max_length=240)
    tier: Tier = enum_column(Tier)
    reason: str = Field(max_length=400)
    starts_on: date
    ends_on: date | None = None

    @property
    def term(self) -> Term:
        """How long it is in force."""
        return Term(self.starts_on, self.ends_on)
