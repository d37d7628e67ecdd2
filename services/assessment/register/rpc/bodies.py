"""BodyService: assessment bodies (评价机构)."""

from typing import Any

from shuzheng.assessment.v1 import body_service_pb2 as messages
from shuzheng.assessment.v1 import body_service_pb2_grpc
from shuzheng.assessment.v1.body_pb2 import AssessmentBody, BodyState

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BODY
from services.assessment.register.storage.rows.bodies import BodyRow
from services.assessment.register.usecases.bodies import Bodies
from services.assessment.resource_head import head
from services.kit.rpc.convert import apply_mask

CHANGEABLE = {"display_name": "display_name", "region": "region", "institution": "institution"}


class BodyService(body_service_pb2_grpc.BodyServiceServicer):
    """Answers the authority and the bodies themselves."""

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies

    async def CreateBody(self, request: messages.CreateBodyRequest, context: Any) -> AssessmentBody:
        """Register a body."""
        body = request.body
        return body_message(
            await self.bodies.create(
                request.body_id, body.display_name, body.uscc, body.region, body.institution
            )
        )

    async def GetBody(self, request: messages.GetBodyRequest, context: Any) -> AssessmentBody:
        """Read a body."""
        BODY.parse(request.name)
        return body_message(await self.bodies.get(request.name))

    async def ListBodies(
        self, request: messages.ListBodiesRequest, context: Any
    ) -> messages.ListBodiesResponse:
        """List the bodies."""
        page = await self.bodies.page(
            from_enum(BodyState, request.state), request.page_size, request.page_token
        )
        return messages.ListBodiesResponse(
            bodies=map(body_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateBody(self, request: messages.UpdateBodyRequest, context: Any) -> AssessmentBody:
        """Change a body."""
        BODY.parse(request.body.name, "body.name")
        row = await self.bodies.update(
            request.body.name,
            request.body.etag,
            lambda row: apply_mask(row, request.body, request.update_mask, CHANGEABLE),
        )
        return body_message(row)

    async def CloseBody(self, request: messages.CloseBodyRequest, context: Any) -> AssessmentBody:
        """Close a body."""
        BODY.parse(request.name)
        return body_message(await self.bodies.close(request.name, request.etag))


def body_message(row: BodyRow) -> AssessmentBody:
    """Return a body as it travels."""
    return AssessmentBody(
        **head(row),
        state=to_enum(BodyState, row.state),
        display_name=row.display_name,
        uscc=row.uscc,
        region=row.region,
        institution=row.institution,
        uscc_problems=row.uscc_problems,
    )
