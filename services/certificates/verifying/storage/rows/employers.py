"""The rows of employers: who they are, their keys, what they used of their quota, and what they were told."""

from datetime import date

from sqlmodel import Field

from services.certificates.root import Base, seconds
from services.kit.storage.columns import bytes_column, json_column
from services.kit.storage.rows import Entity


class EmployerRow(Entity, Base, table=True):
    """An employer that verifies in bulk."""

    __tablename__ = "employers"

    display_name: str = Field(max_length=200)
    uscc: str = Field(max_length=18)
    uscc_problems: list[str] = json_column(list)


class ApiKeyRow(Entity, Base, table=True):
    """A key of an employer's program; `parent` is the employer. The secret is known by its digest only."""

    __tablename__ = "api_keys"

    display_name: str = Field(max_length=100)
    secret_sha256: str = Field(max_length=64)
    expires_at: int = seconds()
    revoked_at: int = seconds()


class UsageRow(Base, table=True):  # type: ignore[call-arg]
    """How many rows an employer had verified on one day of China."""

    __tablename__ = "employer_usage"

    employer: str = Field(primary_key=True, max_length=240)
    day: date = Field(primary_key=True)
    rows: int = Field(default=0, nullable=False)


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
