"""Rows of assessment bodies (评价机构)."""

from sqlmodel import Field

from services.assessment.register.domain.body import BodyState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity, paged


class BodyRow(Entity, Base, table=True):
    """bodies/{body}."""

    __tablename__ = "bodies"
    __table_args__ = paged("state")

    display_name: str = Field(max_length=200)
    uscc: str = Field(max_length=18, unique=True)
    region: str = Field(default="", max_length=6)
    institution: str = Field(default="", max_length=240)
    uscc_problems: list[str] = json_column(list)
    state: BodyState = enum_column(BodyState)
