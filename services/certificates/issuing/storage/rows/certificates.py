"""The rows of certificates and of their documents.

Validity and revocation are in whole seconds, because that is what documents and leaves of the log say.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from services.certificates.document.domain.certificate import Kind, RevocationReason, State
from services.certificates.root import Base
from services.kit.storage.columns import bytes_column, enum_column, json_column, utc_time
from services.kit.storage.rows import Entity, paged
from services.vocabulary.rows import Qualified

UNSIGNED = {
    "sqlite_where": text("state = 'INTENT' AND awaits_release = 0"),
    "postgresql_where": text("state = 'INTENT' AND NOT awaits_release"),
}
WAITING = {
    "sqlite_where": text("state = 'INTENT' AND awaits_release = 1"),
    "postgresql_where": text("state = 'INTENT' AND awaits_release"),
}
REFUSAL = 2000  # characters of a refusal that are kept
IN_BATCH = text("batch IS NOT NULL")  # which `batch = ?` implies
TOLD = text("state IN ('REVOKED', 'SUPERSEDED', 'HELD')")  # what status lists have to tell


class CertificateRow(Entity, Qualified, Base, table=True):
    """One certificate; from INTENT on, its number and document never change.

    One that `awaits_release` is not signed; the release of its `batch` ends that. `refusal` is what the lint has
    against signing it.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("kind", "source", "revision"),
        *paged("source", "owner", "person", "state", "kind", "occupation"),
        Index("ix_certificates_unsigned", "name", **UNSIGNED),
        Index("ix_certificates_waiting", "owner", "name", **WAITING),
        Index("ix_certificates_batch", "batch", "state", sqlite_where=IN_BATCH, postgresql_where=IN_BATCH),
        Index("ix_certificates_of_batch", "batch", "name", sqlite_where=IN_BATCH, postgresql_where=IN_BATCH),
        Index("ix_certificates_status", "status_list", "status_index", unique=True),
        Index("ix_certificates_told", "status_list", sqlite_where=TOLD, postgresql_where=TOLD),
    )

    number: str = Field(max_length=60, unique=True)
    kind: Kind = enum_column(Kind)
    state: State = enum_column(State)
    source: str = Field(max_length=300)
    revision: int = Field(default=0)
    owner: str = Field(max_length=200)
    owner_display_name: str = Field(max_length=300)
    listing_batch: str = Field(max_length=100)
    person: str = Field(max_length=100)
    holder_name: str = Field(max_length=200)
    holder_key: str = Field(max_length=200)
    hours: str = Field(max_length=10)
    theory_score: str = Field(max_length=10)
    ability_score: str = Field(max_length=10)
    awarded_on: date
    valid_from: datetime = utc_time()
    valid_until: datetime | None = utc_time(nullable=True)
    supersedes: str = Field(default="", max_length=100)
    superseded_by: str = Field(default="", max_length=100)
    revocation_reason: RevocationReason | None = enum_column(RevocationReason, nullable=True)
    revocation_note: str = Field(default="", max_length=1000)
    revoked_at: datetime | None = utc_time(nullable=True)
    document_sha256: str = Field(max_length=64)
    rdf_sha256: str = Field(default="", max_length=64)
    status_list: str = Field(default="", max_length=60)
    status_index: int | None = None
    log_position: str = Field(default="", max_length=240)
    batch: str | None = Field(default=None, max_length=100)
    awaits_release: bool = Field(default=False)
    refusal: str = Field(default="", max_length=REFUSAL)


class DocumentRow(Base, table=True):  # type: ignore[call-arg]
    """The document of a certificate and its proofs, apart so that the rows that verification reads stay small.

    `messages` are what the proofs sign, in hexadecimal, stored once the document has passed the lint; the nonce
    blinds the leaf in the log.
    """

    __tablename__ = "documents"

    name: str = Field(primary_key=True, max_length=300, foreign_key="certificates.name")
    document: bytes = bytes_column()
    proof_options: list[str] = json_column(list)
    proofs: list[dict] = json_column(list)
    messages: list[str] = json_column(list)
    nonce: bytes = bytes_column()
