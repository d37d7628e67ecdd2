"""The rows of status lists: the newest published version of each."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, utc_time
from services.kit.storage.rows import Entity


class StatusListRow(Entity, Base, table=True):
    """The newest published version of a status list; `packed_sha256` is of the statuses that it tells."""

    __tablename__ = "status_lists"

    sequence: int = Field(default=0, sa_type=BigInteger, nullable=False)
    credential: bytes = bytes_column()
    token: bytes = bytes_column()
    packed_sha256: str = Field(default="", max_length=64)
    published_at: datetime = utc_time()
    expires_at: datetime = utc_time()
    nonce: bytes = bytes_column()
    log_position: str = Field(default="", max_length=240)
