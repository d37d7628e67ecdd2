"""The root of all rows of one service: a metadata of its own, with the tables that every service has."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from services.kit.storage.machinery import Machinery
from services.kit.storage.operations import operation_tables

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
    metadata.info["operations"] = operation_tables(Base)
    return Base
