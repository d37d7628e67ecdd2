"""The rows of twins: the SD-JWT of each certificate that was asked for one."""

from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import bytes_column


class TwinRow(Base, table=True):  # type: ignore[call-arg]
    """The SD-JWT VC of a certificate, kept so that every later call gets the same salts."""

    __tablename__ = "twins"

    name: str = Field(primary_key=True, max_length=300, foreign_key="certificates.name")
    content: bytes = bytes_column()
