"""The rows of holds: the times in which a certificate was out of force."""

from datetime import datetime

from sqlmodel import Field

from services.certificates.document.domain.certificate import HoldReason
from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, enum_column, utc_time
from services.kit.storage.rows import Entity


class HoldRow(Entity, Base, table=True):
    """One time out of force of a certificate, which is its parent; `ended_at` is None while it lasts."""

    __tablename__ = "holds"

    reason: HoldReason = enum_column(HoldReason)
    note: str = Field(default="", max_length=1000)
    held_at: datetime = utc_time()
    ended_at: datetime | None = utc_time(nullable=True)
    end_note: str = Field(default="", max_length=1000)
    nonce: bytes = bytes_column()
