"""AttemptService: between the wire and the use cases of attempts. SaveAnswers is a hot path: nothing is built twice."""

import json
from typing import Any

from shuzheng.assessment.v1 import (
    attempt_pb2,
    attempt_service_pb2,
    attempt_service_pb2_grpc,
    item_pb2,
    paper_pb2,
)

from services.assessment.bank.domain.paper import PaperQuestion
from services.assessment.enum_words import to_enum
from services.assessment.sitting.domain.attempt import remaining
from services.assessment.sitting.storage.rows.attempts import AnswerRow, AttemptRow
from services.assessment.sitting.usecases.attempts import Attempts
from services.kit.clock import Clock
from services.kit.rpc.convert import timestamp
from services.vocabulary import tenths


class AttemptService(attempt_service_pb2_grpc.AttemptServiceServicer):
    """The theory part as the candidate sits it."""

    def __init__(self, attempts: Attempts, clock: Clock) -> None:
        self.attempts = attempts
        self.clock = clock

    async def CheckIn(self, request: Any, context: Any) -> attempt_pb2.Attempt:
        """Checks a candidate in, by a proctor of the exam or the body."""
        return self._message(await self.attempts.check_in(request.registration, request.proctor))

    async def StartAttempt(self, request: Any, context: Any) -> attempt_pb2.Attempt:
        """Starts the clock, inside the theory window."""
        return self._message(await self.attempts.start(request.name))

    async def GetAttemptSheet(
        self, request: Any, context: Any
    ) -> attempt_service_pb2.GetAttemptSheetResponse:
        """Delivers the paper without its keys, the saved answers and the remaining time."""
        sheet = await self.attempts.sheet(request.name)
        return attempt_service_pb2.GetAttemptSheetResponse(
            attempt=self._message(sheet.attempt),
            questions=map(_question, sheet.questions),
            answers=map(_saved, sheet.answers),
        )

    async def SaveAnswers(self, request: Any, context: Any) -> attempt_service_pb2.SaveAnswersResponse:
        """Saves answers; they are durable when acknowledged."""
        answers = [(given.position, given.sequence, _to_json(given.answer)) for given in request.answers]
        return attempt_service_pb2.SaveAnswersResponse(saved=await self.attempts.save(request.name, answers))

    async def SubmitAttempt(self, request: Any, context: Any) -> attempt_pb2.Attempt:
        """Hands the paper in; answers are final."""
        return self._message(await self.attempts.submit(request.name))

    async def GetAttempt(self, request: Any, context: Any) -> attempt_pb2.Attempt:
        """Reads one attempt."""
        return self._message(await self.attempts.get(request.name))

    async def ListAttempts(self, request: Any, context: Any) -> attempt_service_pb2.ListAttemptsResponse:
        """Lists the attempts of a candidate, or of an exam."""
        page = await self.attempts.page(request.parent, request.exam, request.page_size, request.page_token)
        return attempt_service_pb2.ListAttemptsResponse(
            attempts=map(self._message, page.rows), next_page_token=page.next_page_token
        )

    def _message(self, row: AttemptRow) -> attempt_pb2.Attempt:
        return attempt_pb2.Attempt(
            name=row.name,
            exam=row.exam,
            registration=row.registration,
            state=to_enum(attempt_pb2.AttemptState, row.state),
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
        type=to_enum(item_pb2.ItemType, content.type),
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
