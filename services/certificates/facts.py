"""What happened to certificates, for other services to know."""

from dataclasses import dataclass
from datetime import date

from services.certificates.document.domain.certificate import Kind, RevocationReason
from services.vocabulary.qualification import Qualification


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A signed certificate exists."""

    certificate: str
    kind: Kind
    person: str
    qualification: Qualification
    source: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class CertificateRevoked:
    """A certificate no longer stands, for ever."""

    certificate: str
    kind: Kind
    person: str
    source: str
    reason: RevocationReason
    revoked_on: date


@dataclass(frozen=True, slots=True)
class CertificateSuperseded:
    """A corrected certificate takes the place of another."""

    certificate: str
    superseded_by: str
    kind: Kind
    person: str
    source: str
    superseded_on: date
