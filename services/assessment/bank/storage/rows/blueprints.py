"""Rows of blueprints (命题细目表)."""

from typing import Any

from sqlmodel import Field

from services.assessment.bank.domain.blueprint import BlueprintState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity


class BlueprintRow(Entity, Base, table=True):
    """bodies/{body}/banks/{bank}/blueprints/{blueprint}."""

    __tablename__ = "blueprints"

    display_name: str = Field(max_length=200)
    parts: list[dict[str, Any]] = json_column(list)
    source: str = Field(default="", max_length=300)
    state: BlueprintState = enum_column(BlueprintState)
