"""LearnerService: a national ID number comes in and never goes out."""

from typing import Any

from shuzheng.training.v1 import learner_service_pb2 as messages
from shuzheng.training.v1 import learner_service_pb2_grpc as services
from shuzheng.training.v1.learner_pb2 import Learner

from services.kit.rpc.convert import apply_mask, head
from services.training.teaching.storage.rows.learners import LearnerRow
from services.training.teaching.usecases.learners import Learners


def message(row: LearnerRow) -> Learner:
    """Return the message of a learner, number and phone masked."""
    return Learner(
        **head(row),
        display_name=row.display_name,
        national_id_masked=row.id_masked,
        person=row.person,
        phone_masked=row.phone_masked,
        employer=row.employer,
        education=row.education,
    )


def _set_name(row: LearnerRow, text: str) -> None:
    row.display_name = text or row.display_name


class LearnerService(services.LearnerServiceServicer):
    """Learners."""

    def __init__(self, learners: Learners) -> None:
        self.learners = learners
        self.changeable: dict[str, Any] = {
            "display_name": _set_name,
            "phone": learners.set_phone,
            "employer": "employer",
            "education": "education",
        }

    async def CreateLearner(self, request: messages.CreateLearnerRequest, context: Any) -> Learner:
        """Enter a person."""
        asked = request.learner
        return message(
            await self.learners.create(
                request.parent,
                request.learner_id,
                display_name=asked.display_name,
                national_id=asked.national_id,
                phone=asked.phone,
                employer=asked.employer,
                education=asked.education,
            )
        )

    async def GetLearner(self, request: messages.GetLearnerRequest, context: Any) -> Learner:
        """Read one."""
        return message(await self.learners.get(request.name))

    async def FindLearner(self, request: messages.FindLearnerRequest, context: Any) -> Learner:
        """Find one by national ID number."""
        return message(await self.learners.find(request.parent, request.national_id))

    async def ListLearners(
        self, request: messages.ListLearnersRequest, context: Any
    ) -> messages.ListLearnersResponse:
        """List those of an institution."""
        page = await self.learners.page(request.page_size, request.page_token, parent=request.parent)
        return messages.ListLearnersResponse(
            learners=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateLearner(self, request: messages.UpdateLearnerRequest, context: Any) -> Learner:
        """Change one."""
        asked = request.learner
        return message(
            await self.learners.update(
                asked.name,
                asked.etag,
                lambda row: apply_mask(row, asked, request.update_mask, self.changeable),
            )
        )
