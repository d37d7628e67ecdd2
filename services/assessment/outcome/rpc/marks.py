"""MarkService: between the wire and the use cases of marks."""

from typing import Any

from shuzheng.assessment.v1 import mark_pb2, mark_service_pb2, mark_service_pb2_grpc

from services.assessment.enum_words import to_enum
from services.assessment.outcome.storage.rows.marks import MarkRow, RecusalRow
from services.assessment.outcome.usecases.marks import Marks
from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid
from services.kit.rpc.convert import timestamp
from services.vocabulary import tenths


class MarkService(mark_service_pb2_grpc.MarkServiceServicer):
    """Marks of the ability part."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    async def CreateMark(self, request: Any, context: Any) -> mark_pb2.Mark:
        """Gives a mark; an examiner marks a candidate once, and for ever."""
        mark = request.mark
        return _message(
            await self.marks.create(request.parent, mark.registration, _score(mark.score), mark.note)
        )

    async def ListMarks(self, request: Any, context: Any) -> mark_service_pb2.ListMarksResponse:
        """Lists an examiner's own marks."""
        page = await self.marks.page(request.parent, request.page_size, request.page_token)
        return mark_service_pb2.ListMarksResponse(
            marks=map(_message, page.rows), next_page_token=page.next_page_token
        )

    async def GetMarking(self, request: Any, context: Any) -> mark_service_pb2.GetMarkingResponse:
        """Shows the marking of one candidate; scores of others stay hidden until the score is settled."""
        view = await self.marks.marking(request.registration, request.examiner)
        return mark_service_pb2.GetMarkingResponse(
            state=to_enum(mark_pb2.MarkingState, view.state),
            marks=[_concealed(row) if row.name in view.concealed else _message(row) for row in view.marks],
            score=tenths.show(view.score) if view.score is not None else "",
        )

    async def RecuseExaminer(self, request: Any, context: Any) -> mark_pb2.Recusal:
        """Records that an examiner does not mark a candidate."""
        recusal = request.recusal
        return _recusal(await self.marks.recuse(recusal.examiner, recusal.candidate, recusal.reason))

    async def ListRecusals(self, request: Any, context: Any) -> mark_service_pb2.ListRecusalsResponse:
        """Lists the recusals of an examiner."""
        page = await self.marks.recusals(request.parent, request.page_size, request.page_token)
        return mark_service_pb2.ListRecusalsResponse(
            recusals=map(_recusal, page.rows), next_page_token=page.next_page_token
        )


def _score(text: str) -> int:
    if not text:
        raise invalid(
            Reason.FIELD_REQUIRED,
            "mark.score is required.",
            Violation("mark.score", "is required", Reason.FIELD_REQUIRED),
        )
    return tenths.parse(text)


def _message(row: MarkRow) -> mark_pb2.Mark:
    return mark_pb2.Mark(
        name=row.name,
        registration=row.registration,
        score=tenths.show(row.score),
        note=row.note,
        create_time=timestamp(row.create_time),
    )


def _concealed(row: MarkRow) -> mark_pb2.Mark:
    return mark_pb2.Mark(
        name=row.name, registration=row.registration, concealed=True, create_time=timestamp(row.create_time)
    )


def _recusal(row: RecusalRow) -> mark_pb2.Recusal:
    return mark_pb2.Recusal(
        examiner=row.parent,
        candidate=row.candidate,
        reason=row.reason,
        create_time=timestamp(row.create_time),
    )
