"""What certificates publishes: a fact → its subject and message."""

from shuzheng.certificates.v1 import events_pb2
from shuzheng.type.v1.qualification_pb2 import Qualification

from services.certificates.document.domain.certificate import Kind
from services.certificates.facts import CertificateIssued, CertificateRevoked, CertificateSuperseded
from services.kit.events.published import Published
from services.kit.rpc.convert import date_message

KINDS = {kind: events_pb2.CertificateKind.Value(f"CERTIFICATE_KIND_{kind}") for kind in Kind}


def _issued(fact: CertificateIssued) -> events_pb2.CertificateIssued:
    return events_pb2.CertificateIssued(
        certificate=fact.certificate,
        kind=KINDS[fact.kind],
        person=fact.person,
        qualification=Qualification(occupation=fact.occupation, direction=fact.direction, level=fact.level),  # type: ignore[arg-type]
        source=fact.source,
        issued_on=date_message(fact.issued_on),
    )


def _revoked(fact: CertificateRevoked) -> events_pb2.CertificateRevoked:
    return events_pb2.CertificateRevoked(
        certificate=fact.certificate,
        kind=KINDS[fact.kind],
        person=fact.person,
        source=fact.source,
        reason=fact.reason,
        revoked_on=date_message(fact.revoked_on),
    )


def _superseded(fact: CertificateSuperseded) -> events_pb2.CertificateSuperseded:
    return events_pb2.CertificateSuperseded(
        certificate=fact.certificate,
        superseded_by=fact.superseded_by,
        kind=KINDS[fact.kind],
        person=fact.person,
        source=fact.source,
        superseded_on=date_message(fact.superseded_on),
    )


PUBLISHED: dict[type, Published] = {
    CertificateIssued: Published(
        "certificates.v1.certificate.issued", _issued, lambda fact: fact.certificate
    ),
    CertificateRevoked: Published(
        "certificates.v1.certificate.revoked", _revoked, lambda fact: fact.certificate
    ),
    CertificateSuperseded: Published(
        "certificates.v1.certificate.superseded", _superseded, lambda fact: fact.certificate
    ),
}
