"""ExaminerService: examiners and proctors (考评员, 监考员)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from shuzheng.assessment.v1 import examiner_service_pb2 as messages
from shuzheng.assessment.v1 import examiner_service_pb2_grpc as services
from shuzheng.assessment.v1.examiner_pb2 import Examiner, ExaminerQualification
from shuzheng.assessment.v1.examiner_pb2 import ExaminerState as StateNumber

from services.assessment.register.domain.examiner import ExaminerAction
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.assessment.register.usecases.examiners import Examiners
from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, date_message, date_of, head
from services.kit.rpc.moves import Moves


def message(row: ExaminerRow) -> Examiner:
    """Return the message of an examiner."""
    return Examiner(
        **head(row),
        state=enums.number(StateNumber, row.state),
        display_name=row.display_name,
        qualifications=map(_qualification, row.qualifications),
        proctor=row.proctor,
        employer=row.employer,
        reason=row.reason,
    )


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


def _set_qualifications(row: ExaminerRow, entries: Any) -> None:
    row.qualifications = qualifications(entries)


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "proctor": "proctor",
    "employer": "employer",
    "qualifications": _set_qualifications,
}
MOVES = Moves(Examiners, message)


class ExaminerService(services.ExaminerServiceServicer):
    """Answers the bodies and, for themselves, the examiners."""

    def __init__(self, examiners: Examiners) -> None:
        self.examiners = self.lifecycle = examiners

    async def CreateExaminer(self, request: messages.CreateExaminerRequest, context: Any) -> Examiner:
        """Register an examiner."""
        asked = request.examiner
        row = await self.examiners.create(
            request.parent,
            request.examiner_id,
            display_name=asked.display_name,
            qualifications=qualifications(asked.qualifications),
            proctor=asked.proctor,
            employer=asked.employer,
        )
        return message(row)

    async def GetExaminer(self, request: messages.GetExaminerRequest, context: Any) -> Examiner:
        """Read an examiner."""
        return message(await self.examiners.get(request.name))

    async def ListExaminers(
        self, request: messages.ListExaminersRequest, context: Any
    ) -> messages.ListExaminersResponse:
        """List a body's examiners."""
        state = enums.word(StateNumber, request.state)
        page = await self.examiners.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListExaminersResponse(
            examiners=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateExaminer(self, request: messages.UpdateExaminerRequest, context: Any) -> Examiner:
        """Change an examiner."""
        asked = request.examiner
        row = await self.examiners.update(
            asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
        )
        return message(row)

    SuspendExaminer = MOVES.decision(ExaminerAction.SUSPEND)
    RestoreExaminer = MOVES.step(ExaminerAction.RESTORE)
    RetireExaminer = MOVES.step(ExaminerAction.RETIRE)
