"""The rows of reports: what employers were told."""

from sqlmodel import Field

from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, json_column
from services.kit.storage.rows import Entity


class ReportRow(Entity, Base, table=True):
    """A signed report; `parent` is the employer, `outcomes` counts rows by outcome."""

    __tablename__ = "verification_reports"

    filename: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64)
    rows: int
    unread_rows: int
    outcomes: dict[str, int] = json_column()
    content_sha256: str = Field(max_length=64)


class ReportContentRow(Base, table=True):  # type: ignore[call-arg]
    """The bytes of a report, apart so that lists stay small."""

    __tablename__ = "report_contents"

    name: str = Field(primary_key=True, max_length=300, foreign_key="verification_reports.name")
    content: bytes = bytes_column()
