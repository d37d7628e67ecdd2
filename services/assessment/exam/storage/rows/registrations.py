"""Rows of registrations (报考): one per person and exam, one per seat, unless cancelled."""

from sqlalchemy import Index, text
from sqlmodel import Field

from services.assessment.exam.domain.registration import RegistrationState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column
from services.kit.storage.rows import Entity, paged

LIVE = text("state <> 'CANCELLED'")


class RegistrationRow(Entity, Base, table=True):
    """bodies/{body}/exams/{exam}/registrations/{registration}."""

    __tablename__ = "registrations"
    __table_args__ = (
        *paged("parent", "candidate"),
        Index(
            "uq_registrations_person",
            "parent",
            "person",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "uq_registrations_seat", "parent", "seat", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
    )

    candidate: str = Field(max_length=240)
    candidate_display_name: str = Field(max_length=60)
    id_masked: str = Field(max_length=40)
    person: str = Field(max_length=60)
    seat: int
    ticket_number: str = Field(max_length=30, unique=True)
    institution: str = Field(default="", max_length=240)
    route: str = Field(default="", max_length=60)
    state: RegistrationState = enum_column(RegistrationState)
