"""The columns that every named resource has."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from services.kit.storage.columns import utc_time


def paged(*columns: str) -> tuple[Index, ...]:
    """Return an index for each column by which rows are listed: it gives pages in the order of names, unsorted."""
    return tuple(Index(None, column, "name") for column in columns)


class Entity(SQLModel):
    """A resource: `name` is its full resource name; `version` counts its changes."""

    name: str = Field(primary_key=True, max_length=300)
    parent: str = Field(default="", max_length=240)
    version: int = Field(default=1, nullable=False)
    create_time: datetime = utc_time()
    update_time: datetime = utc_time()

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """Find what lies below a parent, page by page; a row with arguments of its own says this with them."""
        return paged("parent")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Make every UPDATE a compare-and-set on `version`."""
        return {"version_id_col": cls.__table__.c.version}

    @property
    def etag(self) -> str:
        """The mark of this version, as callers send it back."""
        return f'"{self.version}"'
