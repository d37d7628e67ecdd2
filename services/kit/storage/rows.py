"""What every table of a service shares: its own metadata, and the columns of a named resource."""

from datetime import datetime
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import declared_attr, registry
from sqlmodel import Field, SQLModel

from services.kit.storage.columns import utc_time
from services.kit.storage.machinery import Machinery

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def row_base(service: str) -> type[SQLModel]:
    """Return the class that all rows of one service derive from; its metadata is the service's own."""
    metadata = MetaData(naming_convention=NAMING)
    rows = registry(metadata=metadata)
    metadata.info.update(service=service, rows=rows, machinery=Machinery(metadata))

    class Base(SQLModel, registry=rows):
        """Root of one service's rows."""

    Base.metadata = metadata
    return Base


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
