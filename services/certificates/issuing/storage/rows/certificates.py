"""The rows of certificates: what earns a certificate, the certificates, and their documents.

Validity and revocation are whole UTC seconds since 1970 (0: none): that is what the document says, and verification
reads them on every call.
"""

from datetime import date

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from services.certificates.root import Base, seconds
from services.kit.storage.columns import bytes_column, json_column
from services.kit.storage.rows import Entity

UNSIGNED = {
    "sqlite_where": text("state = 'INTENT' AND awaits_release = 0"),
    "postgresql_where": text("state = 'INTENT' AND NOT awaits_release"),
}
WAITING = {
    "sqlite_where": text("state = 'INTENT' AND awaits_release = 1"),
    "postgresql_where": text("state = 'INTENT' AND awaits_release"),
}
REFUSAL = 2000  # characters of a refusal that are kept
IN_BATCH = text("batch <> ''")
TOLD = text("state IN ('REVOKED', 'SUPERSEDED', 'HELD')")  # what status lists have to tell


class AwardRow(Entity, Base, table=True):
    """A completion or result (`name` is its resource name) and its withdrawal, in whatever order they came.

    The nonce opens its `result` leaf at `log_position`; both are empty where it earned nothing.
    """

    __tablename__ = "awards"

    kind: str = Field(max_length=10)
    award: dict | None = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    withdrawn_on: date | None = None
    withdrawal_note: str = Field(default="", max_length=1000)
    nonce: bytes = bytes_column()
    log_position: str = Field(default="", max_length=240)


class CertificateRow(Entity, Base, table=True):
    """One certificate; from INTENT on, its number and document never change.

    One that `awaits_release` is not signed; the release of its `batch` ends that. `refusal` is what the lint has
    against signing it.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("kind", "source", "revision"),
        Index("ix_certificates_unsigned", "name", **UNSIGNED),
        Index("ix_certificates_waiting", "owner", "name", **WAITING),
        Index("ix_certificates_batch", "batch", "state", sqlite_where=IN_BATCH, postgresql_where=IN_BATCH),
        Index("ix_certificates_status", "status_list", "status_index", unique=True),
        Index("ix_certificates_told", "status_list", sqlite_where=TOLD, postgresql_where=TOLD),
    )

    number: str = Field(max_length=60, unique=True)
    kind: str = Field(max_length=10)
    state: str = Field(max_length=12)
    source: str = Field(max_length=300, index=True)
    revision: int = Field(default=0)
    owner: str = Field(max_length=200, index=True)
    owner_display_name: str = Field(max_length=300)
    listing_batch: str = Field(max_length=100)
    person: str = Field(max_length=100, index=True)
    holder_name: str = Field(max_length=200)
    holder_key: str = Field(max_length=200)
    occupation: str = Field(max_length=40)
    direction: str = Field(max_length=60)
    level: int
    hours: str = Field(max_length=10)
    theory_score: str = Field(max_length=10)
    ability_score: str = Field(max_length=10)
    awarded_on: date
    valid_from: int = seconds()
    valid_until: int = seconds()
    supersedes: str = Field(default="", max_length=100)
    superseded_by: str = Field(default="", max_length=100)
    revocation_reason: str = Field(default="", max_length=30)
    revocation_note: str = Field(default="", max_length=1000)
    revoked_at: int = seconds()
    document_sha256: str = Field(max_length=64)
    rdf_sha256: str = Field(default="", max_length=64)
    status_list: str = Field(default="", max_length=60)
    status_index: int | None = None
    log_position: str = Field(default="", max_length=240)
    batch: str = Field(default="", max_length=100)
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


class CounterRow(Base, table=True):  # type: ignore[call-arg]
    """How many of something were taken: serials of a body in a year, places in status lists. No number is left out."""

    __tablename__ = "counters"

    scope: str = Field(primary_key=True, max_length=100)
    taken: int = Field(default=0, sa_type=BigInteger, nullable=False)


class HoldRow(Entity, Base, table=True):
    """One time out of force; `parent` is the certificate, `ended_at` 0 while it lasts. The nonce blinds its leaves."""

    __tablename__ = "holds"

    reason: str = Field(max_length=20)
    note: str = Field(default="", max_length=1000)
    held_at: int = seconds()
    ended_at: int = seconds()
    end_note: str = Field(default="", max_length=1000)
    nonce: bytes = bytes_column()


class StatusListRow(Entity, Base, table=True):
    """The newest published version of a status list; `packed_sha256` is of the statuses that it tells."""

    __tablename__ = "status_lists"

    sequence: int = Field(default=0, sa_type=BigInteger, nullable=False)
    credential: bytes = bytes_column()
    token: bytes = bytes_column()
    packed_sha256: str = Field(default="", max_length=64)
    published_at: int = seconds()
    expires_at: int = seconds()
    nonce: bytes = bytes_column()
    log_position: str = Field(default="", max_length=240)


class TwinRow(Base, table=True):  # type: ignore[call-arg]
    """The SD-JWT VC of a certificate, kept so that every later call gets the same salts."""

    __tablename__ = "twins"

    name: str = Field(primary_key=True, max_length=300, foreign_key="certificates.name")
    content: bytes = bytes_column()


class ShareRow(Entity, Base, table=True):
    """A share link; `parent` is the certificate. Its token is known by its digest only."""

    __tablename__ = "shares"

    token_sha256: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=200)
    shown: list[str] = json_column(list)
    by_holder: bool
    expires_at: int = seconds()
    ended_at: int = seconds()
