"""ShareService: links that show what a holder chose, until the holder's chosen end."""

from typing import Any

from shuzheng.certificates.v1 import share_service_pb2 as messages
from shuzheng.certificates.v1 import share_service_pb2_grpc as services
from shuzheng.certificates.v1.certificate_pb2 import RevocationReason as ReasonNumber
from shuzheng.certificates.v1.events_pb2 import CertificateKind
from shuzheng.certificates.v1.share_pb2 import Share, SharedCertificate
from shuzheng.certificates.v1.share_pb2 import SharedField as FieldNumber

from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.verifying.domain.share import SharedField
from services.certificates.verifying.storage.rows.shares import ShareRow
from services.certificates.verifying.usecases.shares import Opened, Shares, Terms
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, moment_of, timestamp
from services.vocabulary.messages import qualification_message


class ShareService(services.ShareServiceServicer):
    """Answers holders, who have their document, staff at their wish, and whoever has a link."""

    def __init__(self, shares: Shares) -> None:
        self.shares = shares

    async def CreateShareByHolder(
        self, request: messages.CreateShareByHolderRequest, context: Any
    ) -> messages.CreateShareByHolderResponse:
        """Make a link with the document as evidence."""
        made = await self.shares.create_by_holder(request.document, terms_of(request.terms))
        share = message(made.share)
        return messages.CreateShareByHolderResponse(share=share, token=made.token, url=made.url)

    async def CreateShare(
        self, request: messages.CreateShareRequest, context: Any
    ) -> messages.CreateShareResponse:
        """Make a link at the holder's wish."""
        made = await self.shares.create(request.parent, request.owner, terms_of(request.terms))
        share = message(made.share)
        return messages.CreateShareResponse(share=share, token=made.token, url=made.url)

    async def ListShares(
        self, request: messages.ListSharesRequest, context: Any
    ) -> messages.ListSharesResponse:
        """List the links of one certificate."""
        page = await self.shares.page(request.parent, request.owner, request.page_size, request.page_token)
        found = map(message, page.rows)
        return messages.ListSharesResponse(shares=found, next_page_token=page.next_page_token)

    async def EndShareByHolder(self, request: messages.EndShareByHolderRequest, context: Any) -> Share:
        """End a link with the document as evidence."""
        return message(await self.shares.end_by_holder(request.name, request.document))

    async def EndShare(self, request: messages.EndShareRequest, context: Any) -> Share:
        """End a link at the holder's wish."""
        return message(await self.shares.end(request.name, request.owner))

    async def GetSharedCertificate(
        self, request: messages.GetSharedCertificateRequest, context: Any
    ) -> SharedCertificate:
        """Show what a link leads to."""
        return opened_message(await self.shares.open(request.token))


def terms_of(terms: messages.ShareTerms) -> Terms:
    """Return the terms of a request."""
    shown = [SharedField(enums.word(FieldNumber, number)) for number in terms.shown]
    return Terms(terms.purpose, shown, moment_of(terms.expire_time, "terms.expire_time"))


def message(row: ShareRow) -> Share:
    """Return the message of a link."""
    return Share(
        name=row.name,
        purpose=row.purpose,
        shown=[enums.number(FieldNumber, field) for field in row.shown],
        expire_time=timestamp(row.expires_at),
        end_time=timestamp(row.ended_at),
        by_holder=row.by_holder,
        create_time=timestamp(row.create_time),
    )


def opened_message(opened: Opened) -> SharedCertificate:
    """Return what a link shows: the kind and the status always, the rest where the holder chose it."""
    share, row = opened.share, opened.certificate
    answer = SharedCertificate(
        outcome=opened.outcome,  # type: ignore[arg-type]
        purpose=share.purpose,
        expire_time=timestamp(share.expires_at),
        kind=enums.number(CertificateKind, row.kind),
        shown=[enums.number(FieldNumber, field) for field in share.shown],
        revoke_time=timestamp(row.revoked_at),
        revocation_reason=enums.number(ReasonNumber, row.revocation_reason or ""),
    )
    for field in share.shown:
        answer.MergeFrom(SharedCertificate(**SHOW[SharedField(field)](row)))
    return answer


SHOW = {
    SharedField.HOLDER_NAME: lambda row: {"holder_name": row.holder_name},
    SharedField.NUMBER: lambda row: {"number": row.number},
    SharedField.QUALIFICATION: lambda row: {"qualification": qualification_message(row.qualification)},
    SharedField.OWNER: lambda row: {"owner_display_name": row.owner_display_name},
    SharedField.DATES: lambda row: _dates(row),
    SharedField.HOURS: lambda row: {"hours": row.hours},
    SharedField.SCORES: lambda row: {"theory_score": row.theory_score, "ability_score": row.ability_score},
}


def _dates(row: CertificateRow) -> dict[str, Any]:
    return {
        "awarded_on": date_message(row.awarded_on),
        "valid_from": timestamp(row.valid_from),
        "valid_until": timestamp(row.valid_until),
    }
