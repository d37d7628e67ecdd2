"""CertificateService: certificates for those who issue them."""

from collections.abc import AsyncIterator
from typing import Any

from shuzheng.certificates.v1 import certificate_service_pb2 as messages
from shuzheng.certificates.v1 import certificate_service_pb2_grpc as services
from shuzheng.certificates.v1.certificate_pb2 import Certificate, CertificateDocument, CertificateState
from shuzheng.certificates.v1.certificate_pb2 import RevocationReason as ReasonNumber
from shuzheng.certificates.v1.events_pb2 import CertificateKind

from services.certificates.document.domain.certificate import RevocationReason
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.issuing.usecases.certificates import Certificates, Exported
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, head, timestamp
from services.vocabulary.messages import qualification_message

MEDIA_TYPE = "application/vc"


class CertificateService(services.CertificateServiceServicer):
    """Answers institutions, bodies and the authority."""

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates

    async def GetCertificate(self, request: messages.GetCertificateRequest, context: Any) -> Certificate:
        """Read one certificate."""
        return message(await self.certificates.get(request.name, request.owner))

    async def ListCertificates(
        self, request: messages.ListCertificatesRequest, context: Any
    ) -> messages.ListCertificatesResponse:
        """List certificates by number."""
        page = await self.certificates.page(
            request.page_size,
            request.page_token,
            owner=request.owner,
            person=request.person,
            source=request.source,
            kind=enums.word(CertificateKind, request.kind),
            state=enums.word(CertificateState, request.state),
            occupation=request.occupation,
            batch=request.batch,
        )
        return messages.ListCertificatesResponse(
            certificates=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def GetCertificateDocument(
        self, request: messages.GetCertificateDocumentRequest, context: Any
    ) -> CertificateDocument:
        """Fetch the signed document of one certificate."""
        content = await self.certificates.document(request.name, request.owner)
        return CertificateDocument(name=request.name, media_type=MEDIA_TYPE, content=content)

    async def ExportCertificates(
        self, request: messages.ExportCertificatesRequest, context: Any
    ) -> AsyncIterator[messages.ExportCertificatesResponse]:
        """Stream signed documents."""
        kind = enums.word(CertificateKind, request.kind)
        async for batch in self.certificates.export(owner=request.owner, kind=kind):
            yield messages.ExportCertificatesResponse(documents=map(document_message, batch))

    async def RevokeCertificate(
        self, request: messages.RevokeCertificateRequest, context: Any
    ) -> Certificate:
        """Revoke for ever."""
        reason = RevocationReason(enums.word(ReasonNumber, request.reason))
        row = await self.certificates.revoke(request.name, request.owner, request.etag, reason, request.note)
        return message(row)

    async def SupersedeCertificate(
        self, request: messages.SupersedeCertificateRequest, context: Any
    ) -> Certificate:
        """Replace a certificate by one with a corrected name."""
        row = await self.certificates.supersede(
            request.name, request.owner, request.etag, request.holder_name
        )
        return message(row)


def document_message(entry: Exported) -> CertificateDocument:
    """Return a signed document with what opens its leaf."""
    return CertificateDocument(media_type=MEDIA_TYPE, **entry._asdict())


def message(row: CertificateRow) -> Certificate:
    """Return the message of a certificate."""
    return Certificate(
        **head(row),
        number=row.number,
        kind=enums.number(CertificateKind, row.kind),
        state=enums.number(CertificateState, row.state),
        owner=row.owner,
        owner_display_name=row.owner_display_name,
        listing_batch=row.listing_batch,
        source=row.source,
        person=row.person,
        holder_name=row.holder_name,
        qualification=qualification_message(row.qualification),
        hours=row.hours,
        theory_score=row.theory_score,
        ability_score=row.ability_score,
        awarded_on=date_message(row.awarded_on),
        valid_from=timestamp(row.valid_from),
        valid_until=timestamp(row.valid_until),
        supersedes=row.supersedes,
        superseded_by=row.superseded_by,
        revocation_reason=enums.number(ReasonNumber, row.revocation_reason or ""),
        revocation_note=row.revocation_note,
        revoke_time=timestamp(row.revoked_at),
        document_sha256=row.document_sha256,
        batch=row.batch or "",
        awaits_release=row.awaits_release,
        refusal=row.refusal,
    )
