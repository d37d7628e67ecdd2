"""What assessment consumes: subject → use case. Only grade certificates and completions are evidence.

A certificate is known by the result that it rests on, so that a corrected one takes the place of the first.
"""

from typing import Any

from shuzheng.certificates.v1 import events_pb2 as certificates_pb2
from shuzheng.training.v1 import events_pb2 as training_pb2

from services.assessment.person.domain.evidence import EvidenceKind
from services.assessment.person.usecases.evidence import Evidence, Fact
from services.kit.events.consumer import Consumed
from services.kit.events.envelope import Envelope
from services.kit.rpc.convert import date_of
from services.kit.storage.store import Transaction
from services.vocabulary.messages import qualification_of


def consumed(evidence: Evidence) -> tuple[Consumed, ...]:
    """Return the table of handlers."""

    async def completed(tx: Transaction, event: Any, envelope: Envelope) -> None:
        await evidence.record.within(tx, _completion(event, envelope))

    async def withdrawn(tx: Transaction, event: Any, envelope: Envelope) -> None:
        await evidence.withdraw.within(tx, event.completion, EvidenceKind.COMPLETION, event.person)

    async def issued(tx: Transaction, event: Any, envelope: Envelope) -> None:
        if event.kind == certificates_pb2.CERTIFICATE_KIND_GRADE:
            await evidence.record.within(tx, _certificate(event, envelope))

    async def revoked(tx: Transaction, event: Any, envelope: Envelope) -> None:
        if event.kind == certificates_pb2.CERTIFICATE_KIND_GRADE:
            await evidence.withdraw.within(tx, event.source, EvidenceKind.GRADE_CERTIFICATE, event.person)

    return (
        Consumed("training.v1.completion.registered", training_pb2.CompletionRegistered, completed),
        Consumed("training.v1.completion.withdrawn", training_pb2.CompletionWithdrawn, withdrawn),
        Consumed("certificates.v1.certificate.issued", certificates_pb2.CertificateIssued, issued),
        Consumed("certificates.v1.certificate.revoked", certificates_pb2.CertificateRevoked, revoked),
    )


def _completion(event: training_pb2.CompletionRegistered, envelope: Envelope) -> Fact:
    return Fact(
        source=event.completion,
        kind=EvidenceKind.COMPLETION,
        person=event.person,
        qualification=qualification_of(event.qualification),
        held_on=date_of(event, "completed_on") or envelope.time.date(),
        institution=event.institution,
        institution_uscc=event.institution_uscc,
        hours=event.hours,
    )


def _certificate(event: certificates_pb2.CertificateIssued, envelope: Envelope) -> Fact:
    return Fact(
        source=event.source,
        kind=EvidenceKind.GRADE_CERTIFICATE,
        person=event.person,
        qualification=qualification_of(event.qualification),
        held_on=date_of(event, "issued_on") or envelope.time.date(),
    )
