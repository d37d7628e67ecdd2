"""The register as verifiers read it: one compiled statement for one number, one for many.

A certificate that has no signature yet does not exist for a verifier.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Enum, String, bindparam, select, type_coerce

from services.certificates.document.domain.certificate import State
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.kit.storage.hot import HotPath, in_array

TABLE: Any = CertificateRow.__table__  # type: ignore[attr-defined]


class Entry(NamedTuple):
    """What verification reads of one certificate; its words are those of State, Kind and RevocationReason."""

    number: str
    holder_key: str
    state: str
    kind: str
    occupation: str
    direction: str
    level: int
    owner_display_name: str
    listing_batch: str
    valid_from: datetime
    valid_until: datetime | None
    superseded_by: str
    revocation_reason: str | None
    revoked_at: datetime | None
    document_sha256: str
    rdf_sha256: str
    log_position: str


class Register:
    """Look-ups by number."""

    def __init__(self, hot: HotPath) -> None:
        visible = select(*map(_column, Entry._fields)).where(TABLE.c.state != State.INTENT)
        self.by_number = hot.query(visible.where(TABLE.c.number == bindparam("number")))
        self.by_numbers = hot.query(visible.where(in_array(TABLE.c.number, "numbers")))

    async def find(self, number: str) -> Entry | None:
        """Return the certificate with that number, or None."""
        row = await self.by_number.one(number=number)
        return Entry._make(row) if row is not None else None

    async def find_all(self, numbers: Iterable[str]) -> dict[str, Entry]:
        """Return the certificates with those numbers, by number."""
        return {row[0]: Entry._make(row) for row in await self.by_numbers.all(numbers=list(numbers))}


def _column(field: str) -> Any:
    """Return a column; words are read as text, because making enums of them costs three times what the query does."""
    column = TABLE.c[field]
    return type_coerce(column, String) if isinstance(column.type, Enum) else column
