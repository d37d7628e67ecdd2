"""The rows of API keys."""

from datetime import datetime

from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import utc_time
from services.kit.storage.rows import Entity


class ApiKeyRow(Entity, Base, table=True):
    """A key of an employer's program; `parent` is the employer. The secret is known by its digest only."""

    __tablename__ = "api_keys"

    display_name: str = Field(max_length=100)
    secret_sha256: str = Field(max_length=64)
    expires_at: datetime = utc_time()
    revoked_at: datetime | None = utc_time(nullable=True)

    def valid_at(self, moment: datetime) -> bool:
        """Tell whether it is accepted."""
        return self.revoked_at is None and moment < self.expires_at
