"""EnrollmentService."""

from typing import Any

from shuzheng.training.v1 import enrollment_service_pb2 as messages
from shuzheng.training.v1 import enrollment_service_pb2_grpc as services
from shuzheng.training.v1.enrollment_pb2 import Enrollment
from shuzheng.training.v1.enrollment_pb2 import EnrollmentState as StateNumber

from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, date_of, day_of, head
from services.kit.rpc.moves import Moves
from services.training.teaching.domain.enrollment import EnrollmentAction
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.training.teaching.usecases.enrollments import Enrollments, Score
from services.vocabulary import tenths


def message(row: EnrollmentRow) -> Enrollment:
    """Return the message of an enrollment."""
    return Enrollment(
        **head(row),
        learner=row.learner,
        learner_display_name=row.learner_display_name,
        enrolled_on=date_message(row.enrolled_on),
        state=enums.number(StateNumber, row.state),
        exam_score="" if row.exam_score is None else tenths.show(row.exam_score),
        examined_on=date_message(row.examined_on),
        reason=row.reason,
    )


MOVES = Moves(Enrollments, message)


class EnrollmentService(services.EnrollmentServiceServicer):
    """Enrollments."""

    def __init__(self, enrollments: Enrollments) -> None:
        self.enrollments = self.lifecycle = enrollments

    async def CreateEnrollment(self, request: messages.CreateEnrollmentRequest, context: Any) -> Enrollment:
        """Enroll a learner."""
        asked = request.enrollment
        day = date_of(asked, "enrolled_on")
        row = await self.enrollments.create(
            request.parent, request.enrollment_id, learner=asked.learner, enrolled_on=day
        )
        return message(row)

    async def GetEnrollment(self, request: messages.GetEnrollmentRequest, context: Any) -> Enrollment:
        """Read one."""
        return message(await self.enrollments.get(request.name))

    async def ListEnrollments(
        self, request: messages.ListEnrollmentsRequest, context: Any
    ) -> messages.ListEnrollmentsResponse:
        """List those of a cohort."""
        state = enums.word(StateNumber, request.state)
        page = await self.enrollments.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListEnrollmentsResponse(
            enrollments=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def RecordExamScores(
        self, request: messages.RecordExamScoresRequest, context: Any
    ) -> messages.RecordExamScoresResponse:
        """Record scores of the completion exam."""
        scores = [
            Score(entry.enrollment, entry.score, day_of(entry, "examined_on")) for entry in request.scores
        ]
        rows = await self.enrollments.record_scores(request.parent, scores)
        return messages.RecordExamScoresResponse(enrollments=map(message, rows))

    DropEnrollment = MOVES.decision(EnrollmentAction.DROP)
