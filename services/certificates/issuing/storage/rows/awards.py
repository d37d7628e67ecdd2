"""The rows of awards: what earns a certificate, and its withdrawal."""

from datetime import date

from sqlalchemy import JSON
from sqlmodel import Field

from services.certificates.document.domain.certificate import Kind
from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, enum_column
from services.kit.storage.rows import Entity


class AwardRow(Entity, Base, table=True):
    """A completion or result (`name` is its resource name) and its withdrawal, in whatever order they came.

    The nonce opens its `result` leaf at `log_position`; both are empty where it earned nothing.
    """

    __tablename__ = "awards"

    kind: Kind = enum_column(Kind)
    award: dict | None = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    withdrawn_on: date | None = None
    withdrawal_reason: str = Field(default="", max_length=1000)
    nonce: bytes = bytes_column()
    log_position: str = Field(default="", max_length=240)
