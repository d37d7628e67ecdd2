"""BankService: question banks (题库) and their knowledge points."""

from typing import Any

from shuzheng.assessment.v1 import bank_service_pb2 as messages
from shuzheng.assessment.v1 import bank_service_pb2_grpc
from shuzheng.assessment.v1.bank_pb2 import Bank, BankState, KnowledgePoint

from services.assessment.bank.storage.rows.banks import BankRow, KnowledgePointRow
from services.assessment.bank.usecases.banks import Banks
from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BANK, BODY
from services.assessment.resource_head import head
from services.kit.rpc.convert import apply_mask
from services.vocabulary.messages import qualification_message

CHANGEABLE = {"display_name": "display_name"}


class BankService(bank_service_pb2_grpc.BankServiceServicer):
    """Answers the bodies."""

    def __init__(self, banks: Banks) -> None:
        self.banks = banks

    async def CreateBank(self, request: messages.CreateBankRequest, context: Any) -> Bank:
        """Open a bank."""
        BODY.parse(request.parent, "parent")
        wanted = request.bank.qualification
        row = await self.banks.create(
            request.parent,
            request.bank_id,
            request.bank.display_name,
            wanted.occupation,
            wanted.direction,
            wanted.level,
        )
        return bank_message(row)

    async def GetBank(self, request: messages.GetBankRequest, context: Any) -> Bank:
        """Read a bank."""
        BANK.parse(request.name)
        return bank_message(await self.banks.get(request.name))

    async def ListBanks(self, request: messages.ListBanksRequest, context: Any) -> messages.ListBanksResponse:
        """List a body's banks."""
        BODY.parse(request.parent, "parent")
        state = from_enum(BankState, request.state)
        page = await self.banks.page(request.parent, state, request.page_size, request.page_token)
        return messages.ListBanksResponse(
            banks=map(bank_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateBank(self, request: messages.UpdateBankRequest, context: Any) -> Bank:
        """Rename a bank."""
        BANK.parse(request.bank.name, "bank.name")
        row = await self.banks.update(
            request.bank.name,
            request.bank.etag,
            lambda row: apply_mask(row, request.bank, request.update_mask, CHANGEABLE),
        )
        return bank_message(row)

    async def CloseBank(self, request: messages.CloseBankRequest, context: Any) -> Bank:
        """Close a bank."""
        BANK.parse(request.name)
        return bank_message(await self.banks.close(request.name, request.etag))

    async def PutKnowledgePoints(
        self, request: messages.PutKnowledgePointsRequest, context: Any
    ) -> messages.PutKnowledgePointsResponse:
        """Add or rename knowledge points."""
        BANK.parse(request.parent, "parent")
        points = [(point.code, point.title) for point in request.points]
        rows = await self.banks.put_points(request.parent, points)
        return messages.PutKnowledgePointsResponse(points=map(point_message, rows))

    async def ListKnowledgePoints(
        self, request: messages.ListKnowledgePointsRequest, context: Any
    ) -> messages.ListKnowledgePointsResponse:
        """List knowledge points in the order of the standard."""
        BANK.parse(request.parent, "parent")
        page = await self.banks.points_page(request.parent, request.page_size, request.page_token)
        return messages.ListKnowledgePointsResponse(
            points=map(point_message, page.rows), next_page_token=page.next_page_token
        )


def bank_message(row: BankRow) -> Bank:
    """Return a bank as it travels."""
    return Bank(
        **head(row),
        state=to_enum(BankState, row.state),
        display_name=row.display_name,
        qualification=qualification_message(row),
    )


def point_message(row: KnowledgePointRow) -> KnowledgePoint:
    """Return a knowledge point as it travels."""
    return KnowledgePoint(name=row.name, code=row.code, title=row.title, key=row.key)
