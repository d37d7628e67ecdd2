"""LearnerService: a national ID number comes in and never goes out."""

from typing import Any

from shuzheng.training.v1 import learner_pb2, learner_service_pb2, learner_service_pb2_grpc

from services.kit.rpc.convert import apply_mask, timestamp
from services.training.teaching.storage.rows.learners import LearnerRow
from services.training.teaching.usecases.learners import Learners


def message(row: LearnerRow) -> learner_pb2.Learner:
    """Return the message of a learner, number and phone masked."""
    return learner_pb2.Learner(
        name=row.name,
        display_name=row.display_name,
        national_id_masked=row.id_masked,
        person=row.person,
        phone_masked=row.phone_masked,
        employer=row.employer,
        education=row.education,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _set_name(row: LearnerRow, text: str) -> None:
    row.display_name = text or row.display_name


class LearnerService(learner_service_pb2_grpc.LearnerServiceServicer):
    """Learners."""

    def __init__(self, learners: Learners) -> None:
        self.learners = learners
        self.changeable: dict[str, Any] = {
            "display_name": _set_name,
            "phone": learners.set_phone,
            "employer": "employer",
            "education": "education",
        }

    async def CreateLearner(self, request: Any, context: Any) -> Any:
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

    async def GetLearner(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.learners.get(request.name))

    async def FindLearner(self, request: Any, context: Any) -> Any:
        """Find one by national ID number."""
        return message(await self.learners.find(request.parent, request.national_id))

    async def ListLearners(self, request: Any, context: Any) -> Any:
        """List those of an institution."""
        page = await self.learners.page(request.parent, request.page_size, request.page_token)
        return learner_service_pb2.ListLearnersResponse(
            learners=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateLearner(self, request: Any, context: Any) -> Any:
        """Change one."""
        asked = request.learner
        return message(
            await self.learners.update(
                asked.name,
                asked.etag,
                lambda row: apply_mask(row, asked, request.update_mask, self.changeable),
            )
        )
