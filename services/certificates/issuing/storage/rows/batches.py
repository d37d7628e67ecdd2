"""The rows of batches: what was proposed, by whom, and who decided."""

from datetime import datetime

from sqlmodel import Field

from services.certificates.issuing.domain.batch import BatchState
from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, enum_column, utc_time
from services.kit.storage.rows import Entity, paged


class BatchRow(Entity, Base, table=True):
    """A batch of certificates; `digest` names its content, the nonce blinds its leaf in the log."""

    __tablename__ = "batches"
    __table_args__ = paged("owner", "state")

    owner: str = Field(max_length=200)
    state: BatchState = enum_column(BatchState)
    certificate_count: int
    digest: str = Field(max_length=64)
    note: str = Field(default="", max_length=1000)
    proposed_by: str = Field(max_length=300)
    decided_by: str = Field(default="", max_length=300)
    decided_at: datetime | None = utc_time(nullable=True)
    reject_reason: str = Field(default="", max_length=1000)
    issued_at: datetime | None = utc_time(nullable=True)
    nonce: bytes = bytes_column()
    log_position: str = Field(default="", max_length=240)
    operation: str = Field(default="", max_length=300)
