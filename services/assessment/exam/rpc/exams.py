"""ExamService: between the wire and the use cases of exams."""

from datetime import datetime
from typing import Any

from shuzheng.assessment.v1 import exam_pb2
from shuzheng.assessment.v1 import exam_service_pb2 as messages
from shuzheng.assessment.v1 import exam_service_pb2_grpc as services

from services.assessment.exam.domain.exam import ExamAction, Window
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.exam.usecases.exams import Exams, NewExam
from services.assessment.names import body_of
from services.kit.rpc import enums
from services.kit.rpc.call import Principal, caller
from services.kit.rpc.convert import date_message, head, moment_of, timestamp
from services.kit.rpc.moves import Moves
from services.vocabulary.messages import qualification_message, qualification_of

OVERSEERS = frozenset({"supervisor", "service"})


def message(row: ExamRow) -> exam_pb2.Exam:
    """Return the message of an exam; outsiders learn neither paper nor staff."""
    told = exam_pb2.Exam(
        **head(row),
        display_name=row.display_name,
        site=row.site,
        qualification=qualification_message(row.qualification),
        theory_window=_window_message(row.theory_start, row.theory_end),
        theory_minutes=row.theory_minutes,
        ability_window=_window_message(row.ability_start, row.ability_end),
        capacity=row.capacity,
        registration_close_time=timestamp(row.registration_close),
        seats_taken=row.seats_taken,
        examined_on=date_message(row.examined_on),
        listing=row.listing,
        state=enums.number(exam_pb2.ExamState, row.state),
        cancel_reason=row.cancel_reason,
    )
    if _insider(caller(), row):
        told.paper, told.ability_task = row.paper, row.ability_task
        told.proctors.extend(row.proctors)
        told.examiners.extend(row.examiners)
    return told


def _insider(principal: Principal, row: ExamRow) -> bool:
    """Tell whether the caller may know paper, task and staff: the body's people and overseers."""
    return bool(principal.roles & OVERSEERS) or body_of(principal.tenant) == row.parent


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


MOVES = Moves(Exams, message)


class ExamService(services.ExamServiceServicer):
    """Exams from the schedule to the published results."""

    def __init__(self, exams: Exams) -> None:
        self.exams = self.lifecycle = exams

    async def ScheduleExam(self, request: messages.ScheduleExamRequest, context: Any) -> exam_pb2.Exam:
        """Schedules an exam; a refusal names every unmet rule at once."""
        return message(await self.exams.schedule(request.parent, _new(request.exam_id, request.exam)))

    async def GetExam(self, request: messages.GetExamRequest, context: Any) -> exam_pb2.Exam:
        """Reads one exam; schedules are public."""
        return message(await self.exams.get(request.name))

    async def ListExams(self, request: messages.ListExamsRequest, context: Any) -> messages.ListExamsResponse:
        """Lists exams of one body, or of all bodies with the parent "bodies/-"."""
        state = enums.word(exam_pb2.ExamState, request.state)
        page = await self.exams.page_of(
            request.parent, request.page_size, request.page_token, occupation=request.occupation, state=state
        )
        return messages.ListExamsResponse(exams=map(message, page.rows), next_page_token=page.next_page_token)

    OpenExam = MOVES.step(ExamAction.OPEN)
    CloseExam = MOVES.step(ExamAction.CLOSE)
    BeginExam = MOVES.step(ExamAction.BEGIN)
    CancelExam = MOVES.decision(ExamAction.CANCEL)
