"""ExaminerService: examiners and proctors (考评员, 监考员)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from shuzheng.assessment.v1 import examiner_service_pb2 as messages
from shuzheng.assessment.v1 import examiner_service_pb2_grpc
from shuzheng.assessment.v1.examiner_pb2 import Examiner, ExaminerQualification, ExaminerState

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BODY, EXAMINER
from services.assessment.register.domain.examiner import ExaminerAction
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.assessment.register.usecases.examiners import Examiners
from services.assessment.resource_head import head
from services.kit.rpc.convert import apply_mask, date_message, date_of


def _set_qualifications(row: ExaminerRow, entries: Any) -> None:
    row.qualifications = qualifications(entries)


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "proctor": "proctor",
    "employer": "employer",
    "qualifications": _set_qualifications,
}


class ExaminerService(examiner_service_pb2_grpc.ExaminerServiceServicer):
    """Answers the bodies and, for themselves, the examiners."""

    def __init__(self, examiners: Examiners) -> None:
        self.examiners = examiners

    async def CreateExaminer(self, request: messages.CreateExaminerRequest, context: Any) -> Examiner:
        """Register an examiner."""
        BODY.parse(request.parent, "parent")
        examiner = request.examiner
        row = await self.examiners.create(
            request.parent,
            request.examiner_id,
            examiner.display_name,
            qualifications(examiner.qualifications),
            examiner.proctor,
            examiner.employer,
        )
        return examiner_message(row)

    async def GetExaminer(self, request: messages.GetExaminerRequest, context: Any) -> Examiner:
        """Read an examiner."""
        EXAMINER.parse(request.name)
        return examiner_message(await self.examiners.get(request.name))

    async def ListExaminers(
        self, request: messages.ListExaminersRequest, context: Any
    ) -> messages.ListExaminersResponse:
        """List a body's examiners."""
        BODY.parse(request.parent, "parent")
        state = from_enum(ExaminerState, request.state)
        page = await self.examiners.page(request.parent, state, request.page_size, request.page_token)
        return messages.ListExaminersResponse(
            examiners=map(examiner_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateExaminer(self, request: messages.UpdateExaminerRequest, context: Any) -> Examiner:
        """Change an examiner."""
        EXAMINER.parse(request.examiner.name, "examiner.name")
        row = await self.examiners.update(
            request.examiner.name,
            request.examiner.etag,
            lambda row: apply_mask(row, request.examiner, request.update_mask, CHANGEABLE),
        )
        return examiner_message(row)

    async def SuspendExaminer(self, request: messages.SuspendExaminerRequest, context: Any) -> Examiner:
        """ACTIVE → SUSPENDED."""
        return await self._move(request, ExaminerAction.SUSPEND, request.remark)

    async def RestoreExaminer(self, request: messages.RestoreExaminerRequest, context: Any) -> Examiner:
        """SUSPENDED → ACTIVE."""
        return await self._move(request, ExaminerAction.RESTORE)

    async def RetireExaminer(self, request: messages.RetireExaminerRequest, context: Any) -> Examiner:
        """No longer an examiner."""
        return await self._move(request, ExaminerAction.RETIRE)

    async def _move(self, request: Any, action: ExaminerAction, remark: str = "") -> Examiner:
        EXAMINER.parse(request.name)
        return examiner_message(await self.examiners.move(request.name, request.etag, action, remark))


def qualifications(entries: Iterable[ExaminerQualification]) -> list[dict[str, Any]]:
    """Return qualifications as the domain knows them."""
    return [
        {
            "occupation": entry.occupation,
            "credential": entry.credential,
            "valid_from": _iso(entry, "valid_from"),
            "valid_to": _iso(entry, "valid_to"),
        }
        for entry in entries
    ]


def _iso(entry: ExaminerQualification, field: str) -> str:
    day = date_of(entry, field)
    return day.isoformat() if day else ""


def _qualification(entry: dict[str, Any]) -> ExaminerQualification:
    last = date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None
    return ExaminerQualification(
        occupation=entry["occupation"],
        credential=entry["credential"],
        valid_from=date_message(date.fromisoformat(entry["valid_from"])),
        valid_to=date_message(last),
    )


def examiner_message(row: ExaminerRow) -> Examiner:
    """Return an examiner as it travels."""
    return Examiner(
        **head(row),
        state=to_enum(ExaminerState, row.state),
        display_name=row.display_name,
        qualifications=map(_qualification, row.qualifications),
        proctor=row.proctor,
        employer=row.employer,
        remark=row.remark,
    )
