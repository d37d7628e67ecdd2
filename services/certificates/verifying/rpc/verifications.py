"""VerificationService: public and read-only; the servicer builds as little as it can, it is the busiest path."""

from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from shuzheng.certificates.v1 import verification_service_pb2 as messages
from shuzheng.certificates.v1 import verification_service_pb2_grpc as services
from shuzheng.certificates.v1.certificate_pb2 import RevocationReason as ReasonNumber
from shuzheng.certificates.v1.events_pb2 import CertificateKind
from shuzheng.certificates.v1.verification_pb2 import Verification
from shuzheng.type.v1.qualification_pb2 import Qualification as Message

from services.certificates.verifying.checking.verifications import Finding, Verifications
from services.kit.rpc import enums
from services.vocabulary.level import Level
from services.vocabulary.messages import qualification_message
from services.vocabulary.qualification import Qualification


class VerificationService(services.VerificationServiceServicer):
    """Answers anyone."""

    def __init__(self, verifications: Verifications, did: str, did_document: bytes) -> None:
        self.verifications = verifications
        self.issuer = messages.DidDocument(did=did, content=did_document)

    async def VerifyCertificate(
        self, request: messages.VerifyCertificateRequest, context: Any
    ) -> Verification:
        """Verify by number and name, or by document."""
        if request.HasField("printed"):
            printed = request.printed
            return message(await self.verifications.by_number(printed.number, printed.holder_name))
        return message(await self.verifications.by_document(request.document))

    async def BatchVerify(
        self, requests: AsyncIterator[messages.BatchVerifyRequest], context: Any
    ) -> AsyncIterator[messages.BatchVerifyResponse]:
        """Verify many by number and name."""
        async for request in requests:
            found = await self.verifications.by_numbers(
                [(row.number, row.holder_name) for row in request.rows]
            )
            yield messages.BatchVerifyResponse(verifications=map(message, found))

    async def GetDidDocument(
        self, request: messages.GetDidDocumentRequest, context: Any
    ) -> messages.DidDocument:
        """Fetch the DID document of the issuer."""
        return self.issuer


def message(finding: Finding) -> Verification:
    """Return the message of a finding; only a certificate that was found and known tells anything of itself."""
    entry = finding.entry
    if entry is None:
        return Verification(
            outcome=finding.outcome,  # type: ignore[arg-type]
            checked=finding.checked,  # type: ignore[arg-type]
            verification_method=finding.verification_method,
        )
    answer = Verification(
        outcome=finding.outcome,  # type: ignore[arg-type]
        checked=finding.checked,  # type: ignore[arg-type]
        number=entry.number,
        kind=enums.number(CertificateKind, entry.kind),
        qualification=_qualification(entry.occupation, entry.direction, entry.level),
        owner_display_name=entry.owner_display_name,
        listing_batch=entry.listing_batch,
        valid_from=Timestamp(seconds=int(entry.valid_from.timestamp())),
        verification_method=finding.verification_method,
    )
    if entry.valid_until is not None:
        answer.valid_until.seconds = int(entry.valid_until.timestamp())
    if entry.superseded_by:
        answer.superseded_by = entry.superseded_by.rpartition("/")[2].upper()
    if entry.revoked_at is not None and entry.revocation_reason is not None:
        answer.revoke_time.seconds = int(entry.revoked_at.timestamp())
        answer.revocation_reason = enums.number(ReasonNumber, entry.revocation_reason)
    return answer


@lru_cache(1000)
def _qualification(occupation: str, direction: str, level: int) -> Message:
    """Return a qualification as it travels, kept by its columns: to make and hash the value first costs more."""
    return qualification_message(Qualification(occupation, direction, Level(level)))
