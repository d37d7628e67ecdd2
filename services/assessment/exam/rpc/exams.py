"""ExamService: between the wire and the use cases of exams."""

from datetime import datetime
from typing import Any

from shuzheng.assessment.v1 import exam_pb2, exam_service_pb2, exam_service_pb2_grpc

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.exam.domain.exam import Window
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.exam.usecases.exams import Exams, NewExam
from services.assessment.names import body_of
from services.kit.rpc.call import Principal, caller
from services.kit.rpc.convert import date_message, moment_of, timestamp
from services.vocabulary.messages import qualification_message, qualification_of

OVERSEERS = frozenset({"supervisor", "service"})


class ExamService(exam_service_pb2_grpc.ExamServiceServicer):
    """Exams from the schedule to the published results."""

    def __init__(self, exams: Exams) -> None:
        self.exams = exams

    async def ScheduleExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Schedules an exam; a refusal names every unmet rule at once."""
        return _message(await self.exams.schedule(request.parent, _new(request.exam_id, request.exam)))

    async def GetExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Reads one exam; schedules are public."""
        return _message(await self.exams.get(request.name))

    async def ListExams(self, request: Any, context: Any) -> exam_service_pb2.ListExamsResponse:
        """Lists exams of one body, or of all bodies with the parent "bodies/-"."""
        state = from_enum(exam_pb2.ExamState, request.state)
        page = await self.exams.page(
            request.parent, request.occupation, state, request.page_size, request.page_token
        )
        return exam_service_pb2.ListExamsResponse(
            exams=map(_message, page.rows), next_page_token=page.next_page_token
        )

    async def OpenExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Opens registration."""
        return _message(await self.exams.open(request.name, request.etag))

    async def CloseExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Closes registration; seats are final from here."""
        return _message(await self.exams.close(request.name, request.etag))

    async def BeginExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Begins the sitting: candidates can be checked in."""
        return _message(await self.exams.begin(request.name, request.etag))

    async def MarkExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Ends the sitting and marks the theory part; needs every attempt submitted or its time over."""
        return _message(await self.exams.mark(request.name, request.etag))

    async def CancelExam(self, request: Any, context: Any) -> exam_pb2.Exam:
        """Cancels an exam that has not begun."""
        return _message(await self.exams.cancel(request.name, request.etag, request.reason))


def _new(identifier: str, given: exam_pb2.Exam) -> NewExam:
    closes = given.registration_close_time if given.HasField("registration_close_time") else None
    return NewExam(
        id=identifier,
        display_name=given.display_name,
        site=given.site,
        qualification=qualification_of(given.qualification),
        paper=given.paper,
        theory=_window(given.theory_window, "exam.theory_window"),
        theory_minutes=given.theory_minutes,
        ability=_window(given.ability_window, "exam.ability_window"),
        ability_task=given.ability_task,
        capacity=given.capacity,
        proctors=list(given.proctors),
        examiners=list(given.examiners),
        registration_close=moment_of(closes, "exam.registration_close_time") if closes is not None else None,
    )


def _window(window: exam_pb2.ExamWindow, field: str) -> Window:
    return Window(
        moment_of(window.start_time, f"{field}.start_time"), moment_of(window.end_time, f"{field}.end_time")
    )


def _window_message(start: datetime, end: datetime) -> exam_pb2.ExamWindow:
    return exam_pb2.ExamWindow(start_time=timestamp(start), end_time=timestamp(end))


def _message(row: ExamRow) -> exam_pb2.Exam:
    message = exam_pb2.Exam(
        name=row.name,
        display_name=row.display_name,
        site=row.site,
        qualification=qualification_message(row),
        theory_window=_window_message(row.theory_start, row.theory_end),
        theory_minutes=row.theory_minutes,
        ability_window=_window_message(row.ability_start, row.ability_end),
        capacity=row.capacity,
        registration_close_time=timestamp(row.registration_close),
        seats_taken=row.seats_taken,
        examined_on=date_message(row.examined_on),
        listing=row.listing,
        state=to_enum(exam_pb2.ExamState, row.state),
        cancel_reason=row.cancel_reason,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )
    if _insider(caller(), row):
        message.paper, message.ability_task = row.paper, row.ability_task
        message.proctors.extend(row.proctors)
        message.examiners.extend(row.examiners)
    return message


def _insider(principal: Principal, row: ExamRow) -> bool:
    """Tell whether the caller may know paper, task and staff: the body's people and overseers."""
    return bool(principal.roles & OVERSEERS) or body_of(principal.tenant) == row.parent
