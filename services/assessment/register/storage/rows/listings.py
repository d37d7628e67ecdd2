"""Rows of catalogue listings (目录)."""

from datetime import date

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.columns import json_column
from services.kit.storage.rows import Entity


class ListingRow(Entity, Base, table=True):
    """bodies/{body}/listings/{listing}; `history` holds [state, ISO day] of every transition."""

    __tablename__ = "listings"

    occupation: str = Field(max_length=40, index=True)
    batch: str = Field(default="", max_length=60)
    valid_from: date | None = None
    valid_to: date | None = None
    state: str = Field(max_length=20)
    remark: str = Field(default="", max_length=500)
    history: list[list[str]] = json_column(list)
