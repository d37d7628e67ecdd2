"""BankService: question banks (题库) and their knowledge points."""

from typing import Any

from shuzheng.assessment.v1 import bank_service_pb2 as messages
from shuzheng.assessment.v1 import bank_service_pb2_grpc as services
from shuzheng.assessment.v1.bank_pb2 import Bank, KnowledgePoint
from shuzheng.assessment.v1.bank_pb2 import BankState as StateNumber

from services.assessment.bank.domain.bank import BankAction
from services.assessment.bank.storage.rows.banks import BankRow, KnowledgePointRow
from services.assessment.bank.usecases.banks import Banks
from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, head
from services.kit.rpc.moves import Moves
from services.vocabulary.messages import qualification_message, qualification_of


def message(row: BankRow) -> Bank:
    """Return the message of a bank."""
    return Bank(
        **head(row),
        state=enums.number(StateNumber, row.state),
        display_name=row.display_name,
        qualification=qualification_message(row.qualification),
    )


def point_message(row: KnowledgePointRow) -> KnowledgePoint:
    """Return the message of a knowledge point."""
    return KnowledgePoint(name=row.name, code=row.code, title=row.title, key=row.key)


CHANGEABLE = {"display_name": "display_name"}
MOVES = Moves(Banks, message)


class BankService(services.BankServiceServicer):
    """Answers the bodies."""

    def __init__(self, banks: Banks) -> None:
        self.banks = self.lifecycle = banks

    async def CreateBank(self, request: messages.CreateBankRequest, context: Any) -> Bank:
        """Open a bank."""
        asked = request.bank
        aim = qualification_of(asked.qualification)
        row = await self.banks.create(
            request.parent, request.bank_id, display_name=asked.display_name, aim=aim
        )
        return message(row)

    async def GetBank(self, request: messages.GetBankRequest, context: Any) -> Bank:
        """Read a bank."""
        return message(await self.banks.get(request.name))

    async def ListBanks(self, request: messages.ListBanksRequest, context: Any) -> messages.ListBanksResponse:
        """List a body's banks."""
        state = enums.word(StateNumber, request.state)
        page = await self.banks.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListBanksResponse(banks=map(message, page.rows), next_page_token=page.next_page_token)

    async def UpdateBank(self, request: messages.UpdateBankRequest, context: Any) -> Bank:
        """Rename a bank."""
        asked = request.bank
        row = await self.banks.update(
            asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
        )
        return message(row)

    async def PutKnowledgePoints(
        self, request: messages.PutKnowledgePointsRequest, context: Any
    ) -> messages.PutKnowledgePointsResponse:
        """Add or rename knowledge points."""
        points = [(point.code, point.title) for point in request.points]
        rows = await self.banks.put_points(request.parent, points)
        return messages.PutKnowledgePointsResponse(points=map(point_message, rows))

    async def ListKnowledgePoints(
        self, request: messages.ListKnowledgePointsRequest, context: Any
    ) -> messages.ListKnowledgePointsResponse:
        """List knowledge points in the order of the standard."""
        page = await self.banks.points_page(request.parent, request.page_size, request.page_token)
        return messages.ListKnowledgePointsResponse(
            points=map(point_message, page.rows), next_page_token=page.next_page_token
        )

    CloseBank = MOVES.step(BankAction.CLOSE)
