"""Rows of institutions (培训机构)."""

from sqlmodel import Field

from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity, paged
from services.training.register.domain.institution import InstitutionKind
from services.training.root import Base


class InstitutionRow(Entity, Base, table=True):
    """institutions/{institution}."""

    __tablename__ = "institutions"
    __table_args__ = paged("region")

    display_name: str = Field(max_length=100)
    uscc: str = Field(max_length=18, unique=True)
    kind: InstitutionKind = enum_column(InstitutionKind)
    region: str = Field(default="", max_length=6)
    warnings: list[str] = json_column(list)
