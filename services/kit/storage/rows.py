"""The columns that every named resource has."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from services.kit.storage.columns import utc_time


class Entity(SQLModel):
    """A resource: `name` is its full resource name; `version` counts its changes."""

    name: str = Field(primary_key=True, max_length=300)
    parent: str = Field(default="", index=True, max_length=240)
    version: int = Field(default=1, nullable=False)
    create_time: datetime = utc_time()
    update_time: datetime = utc_time()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Make every UPDATE a compare-and-set on `version`."""
        return {"version_id_col": cls.__table__.c.version}

    @property
    def etag(self) -> str:
        """The mark of this version, as callers send it back."""
        return f'"{self.version}"'
