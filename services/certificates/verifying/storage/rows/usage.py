"""The rows of usage: what employers used of their daily quota."""

from datetime import date

from sqlmodel import Field

from services.certificates.root import Base


class UsageRow(Base, table=True):  # type: ignore[call-arg]
    """How many rows an employer had verified on one day of China."""

    __tablename__ = "employer_usage"

    employer: str = Field(primary_key=True, max_length=240)
    day: date = Field(primary_key=True)
    rows: int = Field(default=0, nullable=False)
