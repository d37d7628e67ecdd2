"""CertificateService: certificates for those who issue them."""

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from shuzheng.certificates.v1 import certificate_service_pb2 as messages
from shuzheng.certificates.v1 import certificate_service_pb2_grpc
from shuzheng.certificates.v1.certificate_pb2 import Certificate, CertificateDocument, CertificatePaper
from shuzheng.certificates.v1.hold_pb2 import Hold

from services.certificates.enums import (
    HOLD_REASON,
    HOLD_REASON_NUMBER,
    KIND_NUMBER,
    KIND_WORD,
    LAYOUT,
    REASON,
    REASON_NUMBER,
    STATE_NUMBER,
    STATE_WORD,
    qualification,
)
from services.certificates.issuing.storage.certificates import Filter
from services.certificates.issuing.storage.rows.certificates import CertificateRow, HoldRow
from services.certificates.issuing.usecases.certificates import Certificates, Exported
from services.certificates.paper.usecases.disclosures import Disclosures
from services.certificates.paper.usecases.papers import Papers
from services.certificates.standing.usecases.holds import Holds
from services.kit.rpc.convert import date_message, timestamp

MEDIA_TYPE = "application/vc"
PDF = "application/pdf"
SD_JWT = "application/dc+sd-jwt"


class CertificateService(certificate_service_pb2_grpc.CertificateServiceServicer):
    """Answers institutions, bodies and the authority."""

    def __init__(
        self, certificates: Certificates, papers: Papers, holds: Holds, disclosures: Disclosures
    ) -> None:
        self.certificates = certificates
        self.papers = papers
        self.holds = holds
        self.disclosures = disclosures

    async def GetCertificate(self, request: messages.GetCertificateRequest, context: Any) -> Certificate:
        """Read one certificate."""
        return certificate_message(await self.certificates.get(request.name, request.owner))

    async def ListCertificates(
        self, request: messages.ListCertificatesRequest, context: Any
    ) -> messages.ListCertificatesResponse:
        """List certificates by number."""
        page = await self.certificates.page(wanted(request), request.page_size, request.page_token)
        found = map(certificate_message, page.rows)
        return messages.ListCertificatesResponse(certificates=found, next_page_token=page.next_page_token)

    async def GetCertificateDocument(
        self, request: messages.GetCertificateDocumentRequest, context: Any
    ) -> CertificateDocument:
        """Fetch the signed document of one certificate."""
        return document_message(request.name, await self.certificates.document(request.name, request.owner))

    async def GetCertificatePaper(
        self, request: messages.GetCertificatePaperRequest, context: Any
    ) -> CertificatePaper:
        """Fetch the page of one certificate."""
        layout = LAYOUT[request.layout]
        content = await self.papers.pdf(request.name, request.owner, layout, request.evidence)
        return CertificatePaper(name=request.name, media_type=PDF, content=content)

    async def ExportCertificates(
        self, request: messages.ExportCertificatesRequest, context: Any
    ) -> AsyncIterator[messages.ExportCertificatesResponse]:
        """Stream signed documents."""
        only = Filter(owner=request.owner, kind=KIND_WORD[request.kind])
        async for batch in self.certificates.export(only):
            yield messages.ExportCertificatesResponse(documents=[exported_message(entry) for entry in batch])

    async def RevokeCertificate(
        self, request: messages.RevokeCertificateRequest, context: Any
    ) -> Certificate:
        """Revoke for ever."""
        reason = REASON[request.reason]
        row = await self.certificates.revoke(request.name, request.owner, request.etag, reason, request.note)
        return certificate_message(row)

    async def SupersedeCertificate(
        self, request: messages.SupersedeCertificateRequest, context: Any
    ) -> Certificate:
        """Replace a certificate by one with a corrected name."""
        row = await self.certificates.supersede(
            request.name, request.owner, request.etag, request.holder_name
        )
        return certificate_message(row)

    async def HoldCertificate(self, request: messages.HoldCertificateRequest, context: Any) -> Certificate:
        """Put a certificate out of force for a while."""
        reason = HOLD_REASON[request.reason]
        row = await self.holds.hold(request.name, request.owner, request.etag, reason, request.note)
        return certificate_message(row)

    async def ReleaseCertificate(
        self, request: messages.ReleaseCertificateRequest, context: Any
    ) -> Certificate:
        """End a hold."""
        row = await self.holds.release(request.name, request.owner, request.etag, request.note)
        return certificate_message(row)

    async def ListHolds(self, request: messages.ListHoldsRequest, context: Any) -> messages.ListHoldsResponse:
        """List the holds of one certificate."""
        page = await self.holds.page(request.parent, request.owner, request.page_size, request.page_token)
        found = map(hold_message, page.rows)
        return messages.ListHoldsResponse(holds=found, next_page_token=page.next_page_token)

    async def GetCertificateDisclosure(
        self, request: messages.GetCertificateDisclosureRequest, context: Any
    ) -> CertificateDocument:
        """Fetch the selective twin of one certificate."""
        content = await self.disclosures.twin(request.name, request.owner)
        return CertificateDocument(name=request.name, media_type=SD_JWT, content=content)


def hold_message(row: HoldRow) -> Hold:
    """Return a row as the resource."""
    return Hold(
        name=row.name,
        reason=HOLD_REASON_NUMBER[row.reason],
        note=row.note,
        hold_time=moment(row.held_at),
        end_time=moment(row.ended_at),
        end_note=row.end_note,
    )


def wanted(request: messages.ListCertificatesRequest) -> Filter:
    """Return the filter of a List request."""
    return Filter(
        owner=request.owner,
        person=request.person,
        source=request.source,
        kind=KIND_WORD[request.kind],
        state=STATE_WORD[request.state],
        occupation=request.occupation,
        batch=request.batch,
    )


def document_message(name: str, content: bytes) -> CertificateDocument:
    """Return a signed document as it travels."""
    return CertificateDocument(name=name, media_type=MEDIA_TYPE, content=content)


def exported_message(entry: Exported) -> CertificateDocument:
    """Return a signed document with what opens its leaf."""
    return CertificateDocument(media_type=MEDIA_TYPE, **entry._asdict())


def moment(seconds: int) -> Timestamp | None:
    """Return whole UTC seconds as a Timestamp; None for 0."""
    return Timestamp(seconds=seconds) if seconds else None


def certificate_message(row: CertificateRow) -> Certificate:
    """Return a row as the resource."""
    return Certificate(
        name=row.name,
        number=row.number,
        kind=KIND_NUMBER[row.kind],
        state=STATE_NUMBER[row.state],
        owner=row.owner,
        owner_display_name=row.owner_display_name,
        listing_batch=row.listing_batch,
        source=row.source,
        person=row.person,
        holder_name=row.holder_name,
        qualification=qualification(row.occupation, row.direction, row.level),
        hours=row.hours,
        theory_score=row.theory_score,
        ability_score=row.ability_score,
        awarded_on=date_message(row.awarded_on),
        valid_from=moment(row.valid_from),
        valid_until=moment(row.valid_until),
        supersedes=row.supersedes,
        superseded_by=row.superseded_by,
        revocation_reason=REASON_NUMBER[row.revocation_reason],
        revocation_note=row.revocation_note,
        revoke_time=moment(row.revoked_at),
        document_sha256=row.document_sha256,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
        batch=row.batch,
        awaits_release=row.awaits_release,
        refusal=row.refusal,
    )
