"""What every row of certificates derives from and shares."""

from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.kit.storage.root import row_base

Base = row_base("certificates")


def seconds() -> Any:
    """Declare a field that holds whole UTC seconds since 1970; 0: none."""
    return Field(default=0, sa_type=BigInteger, nullable=False)
