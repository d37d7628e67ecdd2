"""Rows of examination sites (考核站点)."""

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.columns import json_column
from services.kit.storage.rows import Entity


class SiteRow(Entity, Base, table=True):
    """bodies/{body}/sites/{site}."""

    __tablename__ = "sites"

    display_name: str = Field(max_length=200)
    host: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=300)
    occupations: list[str] = json_column(list)
    seats: int
    state: str = Field(max_length=20)
    remark: str = Field(default="", max_length=500)
