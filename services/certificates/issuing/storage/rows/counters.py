"""The rows of counters: how many of something were taken."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.certificates.root import Base


class CounterRow(Base, table=True):  # type: ignore[call-arg]
    """How many of something were taken: serials of a body in a year, places in status lists. No number is left out."""

    __tablename__ = "counters"

    scope: str = Field(primary_key=True, max_length=100)
    taken: int = Field(default=0, sa_type=BigInteger, nullable=False)
