"""Rows of examination sites (考核站点)."""

from sqlmodel import Field

from services.assessment.register.domain.site import SiteState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity


class SiteRow(Entity, Base, table=True):
    """bodies/{body}/sites/{site}."""

    __tablename__ = "sites"

    display_name: str = Field(max_length=200)
    host: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=300)
    occupations: list[str] = json_column(list)
    seats: int
    state: SiteState = enum_column(SiteState)
    reason: str = Field(default="", max_length=500)
