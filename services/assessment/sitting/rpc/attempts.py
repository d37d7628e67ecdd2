"""AttemptService: between the wire and the use cases of attempts. SaveAnswers is a hot path: nothing is built twice."""

import json
from typing import Any

from shuzheng.assessment.v1 import attempt_pb2, item_pb2, paper_pb2
from shuzheng.assessment.v1 import attempt_service_pb2 as messages
from shuzheng.assessment.v1 import attempt_service_pb2_grpc as services

from services.assessment.bank.domain.paper import PaperQuestion
from services.assessment.sitting.domain.attempt import remaining
from services.assessment.sitting.storage.rows.attempts import AnswerRow, AttemptRow
from services.assessment.sitting.usecases.attempts import Attempts
from services.kit.clock import Clock
from services.kit.rpc import enums
from services.kit.rpc.convert import timestamp
from services.vocabulary import tenths


class AttemptService(services.AttemptServiceServicer):
    """The theory part as the candidate sits it."""

    def __init__(self, attempts: Attempts, clock: Clock) -> None:
        self.attempts = attempts
        self.clock = clock

    async def CheckIn(self, request: messages.CheckInRequest, context: Any) -> attempt_pb2.Attempt:
        """Checks a candidate in, by a proctor of the exam or the body."""
        return self.message(await self.attempts.check_in(request.registration, request.proctor))

    async def StartAttempt(self, request: messages.StartAttemptRequest, context: Any) -> attempt_pb2.Attempt:
        """Starts the clock, inside the theory window."""
        return self.message(await self.attempts.start(request.name))

    async def GetAttemptSheet(
        self, request: messages.GetAttemptSheetRequest, context: Any
    ) -> messages.GetAttemptSheetResponse:
        """Delivers the paper without its keys, the saved answers and the remaining time."""
        sheet = await self.attempts.sheet(request.name)
        return messages.GetAttemptSheetResponse(
            attempt=self.message(sheet.attempt),
            questions=map(_question, sheet.questions),
            answers=map(_saved, sheet.answers),
        )

    async def SaveAnswers(
        self, request: messages.SaveAnswersRequest, context: Any
    ) -> messages.SaveAnswersResponse:
        """Saves answers; they are durable when acknowledged."""
        answers = [(given.position, given.sequence, _to_json(given.answer)) for given in request.answers]
        return messages.SaveAnswersResponse(saved=await self.attempts.save(request.name, answers))

    async def SubmitAttempt(
        self, request: messages.SubmitAttemptRequest, context: Any
    ) -> attempt_pb2.Attempt:
        """Hands the paper in; answers are final."""
        return self.message(await self.attempts.submit(request.name))

    async def GetAttempt(self, request: messages.GetAttemptRequest, context: Any) -> attempt_pb2.Attempt:
        """Reads one attempt."""
        return self.message(await self.attempts.get(request.name))

    async def ListAttempts(
        self, request: messages.ListAttemptsRequest, context: Any
    ) -> messages.ListAttemptsResponse:
        """Lists the attempts of a candidate, or of an exam."""
        page = await self.attempts.page(
            request.page_size, request.page_token, parent=request.parent, exam=request.exam
        )
        return messages.ListAttemptsResponse(
            attempts=map(self.message, page.rows), next_page_token=page.next_page_token
        )

    def message(self, row: AttemptRow) -> attempt_pb2.Attempt:
        """Return the message of an attempt, with the time that is left now."""
        return attempt_pb2.Attempt(
            name=row.name,
            exam=row.exam,
            registration=row.registration,
            state=enums.number(attempt_pb2.AttemptState, row.state),
            question_count=row.question_count,
            check_in_time=timestamp(row.create_time),
            start_time=timestamp(row.start_time),
            deadline_time=timestamp(row.deadline),
            submit_time=timestamp(row.submit_time),
            submitted_by_clock=row.submitted_by_clock,
            remaining=remaining(row.state, row.deadline, self.clock.now()),  # type: ignore[arg-type]
            etag=row.etag,
        )


def _question(question: PaperQuestion) -> paper_pb2.Question:
    """Return a question without its key."""
    content = question.content
    return paper_pb2.Question(
        position=question.position,
        type=enums.number(item_pb2.ItemType, content.type),
        points=tenths.show(question.points),
        stem=content.stem,
        choices=[paper_pb2.QuestionChoice(key=choice.key, text=choice.text) for choice in content.choices],
    )


def _to_json(answer: item_pb2.Answer) -> str:
    """Return an answer as it is stored: the form of `domain.answer.to_json`."""
    field = answer.WhichOneof("value")
    if field is None:
        return "{}"
    return json.dumps({field: sorted(answer.chosen.keys) if field == "chosen" else getattr(answer, field)})


def _saved(row: AnswerRow) -> attempt_pb2.SavedAnswer:
    value = json.loads(row.answer)
    if "chosen" in value:
        value = {"chosen": item_pb2.ChosenKeys(keys=value["chosen"])}
    return attempt_pb2.SavedAnswer(
        position=row.position, sequence=row.sequence, answer=item_pb2.Answer(**value)
    )
