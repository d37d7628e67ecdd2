"""Rows of candidates (考生); the national ID number is sealed, its index finds it again."""

from typing import Any

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.columns import bytes_column, json_column
from services.kit.storage.rows import Entity


class CandidateRow(Entity, Base, table=True):
    """candidates/{candidate}; the declarations hold ISO days and the numbers of the domain's enums."""

    __tablename__ = "candidates"

    display_name: str = Field(max_length=60)
    national_id: bytes = bytes_column()
    national_id_index: str = Field(max_length=60, unique=True)
    national_id_masked: str = Field(max_length=40)
    person: str = Field(max_length=60, index=True)
    educations: list[dict[str, Any]] = json_column(list)
    titles: list[dict[str, Any]] = json_column(list)
    occupation_starts: list[dict[str, Any]] = json_column(list)
