"""MarkService: between the wire and the use cases of marks."""

from typing import Any

from shuzheng.assessment.v1 import mark_pb2
from shuzheng.assessment.v1 import mark_service_pb2 as messages
from shuzheng.assessment.v1 import mark_service_pb2_grpc as services

from services.assessment.outcome.storage.rows.marks import MarkRow, RecusalRow
from services.assessment.outcome.usecases.markings import Markings
from services.assessment.outcome.usecases.marks import Marks
from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid
from services.kit.rpc import enums
from services.kit.rpc.convert import timestamp
from services.vocabulary import tenths


class MarkService(services.MarkServiceServicer):
    """Marks of the ability part."""

    def __init__(self, marks: Marks, markings: Markings) -> None:
        self.marks = marks
        self.markings = markings

    async def MarkExam(self, request: messages.MarkExamRequest, context: Any) -> messages.MarkExamResponse:
        """Ends the sitting and marks the theory part; needs every attempt submitted or its time over."""
        await self.markings.mark(request.name, request.etag)
        marked, pending = await self.markings.tally(request.name)
        return messages.MarkExamResponse(marked=marked, pending=pending)

    async def CreateMark(self, request: messages.CreateMarkRequest, context: Any) -> mark_pb2.Mark:
        """Gives a mark; an examiner marks a candidate once, and for ever."""
        mark = request.mark
        return message(
            await self.marks.create(request.parent, mark.registration, _score(mark.score), mark.note)
        )

    async def ListMarks(self, request: messages.ListMarksRequest, context: Any) -> messages.ListMarksResponse:
        """Lists an examiner's own marks."""
        page = await self.marks.page(request.parent, request.page_size, request.page_token)
        return messages.ListMarksResponse(marks=map(message, page.rows), next_page_token=page.next_page_token)

    async def GetMarking(
        self, request: messages.GetMarkingRequest, context: Any
    ) -> messages.GetMarkingResponse:
        """Shows the marking of one candidate; scores of others stay hidden until the score is settled."""
        view = await self.marks.marking(request.registration, request.examiner)
        return messages.GetMarkingResponse(
            state=enums.number(mark_pb2.MarkingState, view.state),
            marks=[_concealed(row) if row.name in view.concealed else message(row) for row in view.marks],
            score=tenths.show(view.score) if view.score is not None else "",
        )

    async def RecuseExaminer(self, request: messages.RecuseExaminerRequest, context: Any) -> mark_pb2.Recusal:
        """Records that an examiner does not mark a candidate."""
        recusal = request.recusal
        return _recusal(await self.marks.recuse(recusal.examiner, recusal.candidate, recusal.reason))

    async def ListRecusals(
        self, request: messages.ListRecusalsRequest, context: Any
    ) -> messages.ListRecusalsResponse:
        """Lists the recusals of an examiner."""
        page = await self.marks.recusals(request.parent, request.page_size, request.page_token)
        return messages.ListRecusalsResponse(
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


def message(row: MarkRow) -> mark_pb2.Mark:
    """Return the message of a mark."""
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
