"""HoldService: certificates out of force for a while."""

from typing import Any

from shuzheng.certificates.v1 import hold_service_pb2 as messages
from shuzheng.certificates.v1 import hold_service_pb2_grpc as services
from shuzheng.certificates.v1.certificate_pb2 import Certificate
from shuzheng.certificates.v1.hold_pb2 import Hold
from shuzheng.certificates.v1.hold_pb2 import HoldReason as ReasonNumber

from services.certificates.document.domain.certificate import HoldReason
from services.certificates.issuing.rpc import certificates
from services.certificates.issuing.storage.rows.holds import HoldRow
from services.certificates.standing.usecases.holds import Holds
from services.kit.rpc import enums
from services.kit.rpc.convert import timestamp


class HoldService(services.HoldServiceServicer):
    """Answers institutions, bodies and the authority."""

    def __init__(self, holds: Holds) -> None:
        self.holds = holds

    async def HoldCertificate(self, request: messages.HoldCertificateRequest, context: Any) -> Certificate:
        """Put a certificate out of force for a while."""
        reason = HoldReason(enums.word(ReasonNumber, request.reason))
        row = await self.holds.hold(request.name, request.owner, request.etag, reason, request.note)
        return certificates.message(row)

    async def ReleaseCertificate(
        self, request: messages.ReleaseCertificateRequest, context: Any
    ) -> Certificate:
        """End a hold."""
        row = await self.holds.release(request.name, request.owner, request.etag, request.note)
        return certificates.message(row)

    async def ListHolds(self, request: messages.ListHoldsRequest, context: Any) -> messages.ListHoldsResponse:
        """List the holds of one certificate."""
        page = await self.holds.page(request.parent, request.owner, request.page_size, request.page_token)
        return messages.ListHoldsResponse(holds=map(message, page.rows), next_page_token=page.next_page_token)


def message(row: HoldRow) -> Hold:
    """Return the message of a hold."""
    return Hold(
        name=row.name,
        reason=enums.number(ReasonNumber, row.reason),
        note=row.note,
        hold_time=timestamp(row.held_at),
        end_time=timestamp(row.ended_at),
        end_note=row.end_note,
    )
