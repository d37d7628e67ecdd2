"""EnrollmentService."""

from typing import Any

from shuzheng.training.v1 import enrollment_pb2, enrollment_service_pb2, enrollment_service_pb2_grpc

from services.kit.rpc.convert import date_message, date_of, timestamp
from services.training import enums
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.training.teaching.usecases.enrollments import Enrollments, Score
from services.training.tenths import show

STATE = enrollment_pb2.EnrollmentState, "ENROLLMENT_STATE_"


def message(row: EnrollmentRow) -> enrollment_pb2.Enrollment:
    """Return the message of an enrollment."""
    return enrollment_pb2.Enrollment(
        name=row.name,
        learner=row.learner,
        learner_display_name=row.learner_display_name,
        enrolled_on=date_message(row.enrolled_on),
        state=enums.value(*STATE, row.state),
        exam_score="" if row.exam_score is None else show(row.exam_score),
        examined_on=date_message(row.examined_on),
        reason=row.reason,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _score(asked: Any) -> Score:
    day = date_of(asked, "examined_on")
    assert day is not None, "the request's own rule needs it"
    return Score(asked.enrollment, asked.score, day)


class EnrollmentService(enrollment_service_pb2_grpc.EnrollmentServiceServicer):
    """Enrollments."""

    def __init__(self, enrollments: Enrollments) -> None:
        self.enrollments = enrollments

    async def CreateEnrollment(self, request: Any, context: Any) -> Any:
        """Enroll a learner."""
        asked = request.enrollment
        day = date_of(asked, "enrolled_on")
        return message(
            await self.enrollments.create(
                request.parent, request.enrollment_id, learner=asked.learner, enrolled_on=day
            )
        )

    async def GetEnrollment(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.enrollments.get(request.name))

    async def ListEnrollments(self, request: Any, context: Any) -> Any:
        """List those of a cohort."""
        state = enums.word(*STATE, request.state)
        page = await self.enrollments.page(request.parent, state, request.page_size, request.page_token)
        return enrollment_service_pb2.ListEnrollmentsResponse(
            enrollments=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def DropEnrollment(self, request: Any, context: Any) -> Any:
        """Record that a learner left."""
        return message(await self.enrollments.drop(request.name, request.etag, request.reason))

    async def RecordExamScores(self, request: Any, context: Any) -> Any:
        """Record scores of the completion exam."""
        rows = await self.enrollments.record_scores(
            request.parent, [_score(entry) for entry in request.scores]
        )
        return enrollment_service_pb2.RecordExamScoresResponse(enrollments=map(message, rows))
