"""What certificates publishes: a fact → its subject and message."""

from shuzheng.certificates.v1 import events_pb2
from shuzheng.certificates.v1.events_pb2 import CertificateKind

from services.certificates.facts import (
    CertificateIssued,
    CertificateRevoked,
    CertificateSuperseded,
)
from services.kit.events.published import Published
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message
from services.vocabulary.messages import qualification_message


def _issued(fact: CertificateIssued) -> events_pb2.CertificateIssued:
    return events_pb2.CertificateIssued(
        certificate=fact.certificate,
        kind=enums.number(CertificateKind, fact.kind),
        person=fact.person,
        qualification=qualification_message(fact.qualification),
        source=fact.source,
        issued_on=date_message(fact.issued_on),
    )


def _revoked(fact: CertificateRevoked) -> events_pb2.CertificateRevoked:
    return events_pb2.CertificateRevoked(
        certificate=fact.certificate,
        kind=enums.number(CertificateKind, fact.kind),
        person=fact.person,
        source=fact.source,
        reason=fact.reason,
        revoked_on=date_message(fact.revoked_on),
    )


def _superseded(fact: CertificateSuperseded) -> events_pb2.CertificateSuperseded:
    return events_pb2.CertificateSuperseded(
        certificate=fact.certificate,
        superseded_by=fact.superseded_by,
        kind=enums.number(CertificateKind, fact.kind),
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
