"""BodyService: assessment bodies (评价机构)."""

from typing import Any

from shuzheng.assessment.v1 import body_service_pb2 as messages
from shuzheng.assessment.v1 import body_service_pb2_grpc as services
from shuzheng.assessment.v1.body_pb2 import AssessmentBody
from shuzheng.assessment.v1.body_pb2 import BodyState as StateNumber

from services.assessment.register.domain.body import BodyAction
from services.assessment.register.storage.rows.bodies import BodyRow
from services.assessment.register.usecases.bodies import Bodies
from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, head
from services.kit.rpc.moves import Moves

CHANGEABLE = {"display_name": "display_name", "region": "region", "institution": "institution"}


def message(row: BodyRow) -> AssessmentBody:
    """Return the message of a body."""
    return AssessmentBody(
        **head(row),
        state=enums.number(StateNumber, row.state),
        display_name=row.display_name,
        uscc=row.uscc,
        region=row.region,
        institution=row.institution,
        uscc_problems=row.uscc_problems,
    )


MOVES = Moves(Bodies, message)


class BodyService(services.BodyServiceServicer):
    """Answers the authority and the bodies themselves."""

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = self.lifecycle = bodies

    async def CreateBody(self, request: messages.CreateBodyRequest, context: Any) -> AssessmentBody:
        """Register a body."""
        asked = request.body
        row = await self.bodies.create(
            request.body_id,
            display_name=asked.display_name,
            code=asked.uscc,
            region=asked.region,
            institution=asked.institution,
        )
        return message(row)

    async def GetBody(self, request: messages.GetBodyRequest, context: Any) -> AssessmentBody:
        """Read one."""
        return message(await self.bodies.get(request.name))

    async def ListBodies(
        self, request: messages.ListBodiesRequest, context: Any
    ) -> messages.ListBodiesResponse:
        """List them."""
        state = enums.word(StateNumber, request.state)
        page = await self.bodies.page(request.page_size, request.page_token, state=state)
        return messages.ListBodiesResponse(
            bodies=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateBody(self, request: messages.UpdateBodyRequest, context: Any) -> AssessmentBody:
        """Change one."""
        asked = request.body
        row = await self.bodies.update(
            asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
        )
        return message(row)

    CloseBody = MOVES.step(BodyAction.CLOSE)
