"""The rows of the transparency log: its leaves in order, and how far each yearly log has been published."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, json_column, utc_time


class LogLeafRow(Base, table=True):  # type: ignore[call-arg]
    """One leaf; `source` is what it tells of, so that nothing is logged twice."""

    __tablename__ = "log_leaves"

    origin: str = Field(primary_key=True, max_length=200)
    leaf_index: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    type: str = Field(max_length=12)
    leaf: bytes = bytes_column()
    leaf_hash: bytes = bytes_column()
    commitment: bytes = bytes_column()
    source: str = Field(max_length=400, unique=True)
    created: datetime = utc_time()


class LogStateRow(Base, table=True):  # type: ignore[call-arg]
    """The tree that is published for certain; its row lock gives leaves their order."""

    __tablename__ = "log_state"

    origin: str = Field(primary_key=True, max_length=200)
    size: int = Field(default=0, sa_type=BigInteger, nullable=False)
    root: bytes = bytes_column()
    frontier: bytes = bytes_column()


class LogOpeningRow(Base, table=True):  # type: ignore[call-arg]
    """What a leaf about no certificate commits to, with its nonce, so that anybody can open it."""

    __tablename__ = "log_openings"

    origin: str = Field(primary_key=True, max_length=200)
    leaf_index: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    type: str = Field(max_length=12, index=True)
    subject: str = Field(max_length=300)
    nonce: bytes = bytes_column()
    says: dict[str, str] = json_column()
