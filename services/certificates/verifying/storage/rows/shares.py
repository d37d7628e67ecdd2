"""The rows of share links."""

from datetime import datetime

from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import json_column, utc_time
from services.kit.storage.rows import Entity


class ShareRow(Entity, Base, table=True):
    """A share link; `parent` is the certificate. Its token is known by its digest only."""

    __tablename__ = "shares"

    token_sha256: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=200)
    shown: list[str] = json_column(list)
    by_holder: bool
    expires_at: datetime = utc_time()
    ended_at: datetime | None = utc_time(nullable=True)
