"""The rows of employers."""

from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import json_column
from services.kit.storage.rows import Entity


class EmployerRow(Entity, Base, table=True):
    """An employer that verifies in bulk."""

    __tablename__ = "employers"

    display_name: str = Field(max_length=200)
    uscc: str = Field(max_length=18)
    uscc_problems: list[str] = json_column(list)
