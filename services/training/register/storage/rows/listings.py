"""Rows of catalogue listings (目录)."""

from datetime import date

from sqlmodel import Field

from services.kit.storage.columns import json_column
from services.kit.storage.rows import Entity
from services.training.root import Base


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
