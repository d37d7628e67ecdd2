"""VerificationService: public and read-only; the servicer builds as little as it can, it is the busiest path."""

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from shuzheng.certificates.v1 import verification_service_pb2 as messages
from shuzheng.certificates.v1 import verification_service_pb2_grpc
from shuzheng.certificates.v1.verification_pb2 import Verification

from services.certificates.enums import KIND_NUMBER, REASON_NUMBER, qualification
from services.certificates.verifying.usecases.verifications import Finding, Verifications


class VerificationService(verification_service_pb2_grpc.VerificationServiceServicer):
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
            return verification_message(
                await self.verifications.by_number(printed.number, printed.holder_name)
            )
        return verification_message(await self.verifications.by_document(request.document))

    async def BatchVerify(
        self, requests: AsyncIterator[messages.BatchVerifyRequest], context: Any
    ) -> AsyncIterator[messages.BatchVerifyResponse]:
        """Verify many by number and name."""
        async for request in requests:
            found = await self.verifications.by_numbers(
                [(row.number, row.holder_name) for row in request.rows]
            )
            yield messages.BatchVerifyResponse(verifications=map(verification_message, found))

    async def GetDidDocument(
        self, request: messages.GetDidDocumentRequest, context: Any
    ) -> messages.DidDocument:
        """Fetch the DID document of the issuer."""
        return self.issuer


def verification_message(finding: Finding) -> Verification:
    """Return a finding as the answer; only a certificate that was found and known tells anything of itself."""
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
        kind=KIND_NUMBER[entry.kind],
        qualification=qualification(entry.occupation, entry.direction, entry.level),
        owner_display_name=entry.owner_display_name,
        listing_batch=entry.listing_batch,
        valid_from=Timestamp(seconds=entry.valid_from),
        verification_method=finding.verification_method,
    )
    if entry.valid_until:
        answer.valid_until.seconds = entry.valid_until
    if entry.superseded_by:
        answer.superseded_by = entry.superseded_by.rpartition("/")[2].upper()
    if entry.revoked_at:
        answer.revoke_time.seconds = entry.revoked_at
        answer.revocation_reason = REASON_NUMBER[entry.revocation_reason]
    return answer
