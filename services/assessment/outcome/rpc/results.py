"""ResultService: between the wire and the use cases of results."""

from typing import Any

from shuzheng.assessment.v1 import events_pb2, result_pb2
from shuzheng.assessment.v1 import result_service_pb2 as messages
from shuzheng.assessment.v1 import result_service_pb2_grpc as services

from services.assessment.outcome.domain.result import Part, ResultState
from services.assessment.outcome.storage.rows.results import ResultRow
from services.assessment.outcome.usecases.results import Results
from services.assessment.person.domain.integrity_record import Tier
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, head
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


class ResultService(services.ResultServiceServicer):
    """Results from the marks to the publication, and annulment."""

    def __init__(self, results: Results) -> None:
        self.results = results

    async def GetResult(self, request: messages.GetResultRequest, context: Any) -> result_pb2.Result:
        """Reads one result; candidates see their own once it is public."""
        return message(await self.results.visible(request.name, request.candidate))

    async def ListResults(
        self, request: messages.ListResultsRequest, context: Any
    ) -> messages.ListResultsResponse:
        """Lists results of a body, of an exam or of a candidate; candidates see what is public."""
        state = enums.word(result_pb2.ResultState, request.state)
        page = await self.results.page_for(
            request.candidate,
            request.page_size,
            request.page_token,
            parent=request.parent,
            exam=request.exam,
            state=state,
        )
        return messages.ListResultsResponse(
            results=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def ConfirmResult(self, request: messages.ConfirmResultRequest, context: Any) -> result_pb2.Result:
        """Confirms one result whose parts are both marked."""
        return message(await self.results.confirm(request.name, request.etag))

    async def ConfirmResults(
        self, request: messages.ConfirmResultsRequest, context: Any
    ) -> messages.ConfirmResultsResponse:
        """Confirms all results of an exam; refused with every candidate whose marks are missing."""
        await self.results.confirm_all(request.exam, request.etag)
        confirmed, passed = await self.results.tally(request.exam, ResultState.CONFIRMED)
        return messages.ConfirmResultsResponse(confirmed=confirmed, passed=passed)

    async def PublishResult(self, request: messages.PublishResultRequest, context: Any) -> result_pb2.Result:
        """Publishes one confirmed result."""
        return message(await self.results.publish(request.name, request.etag))

    async def PublishResults(
        self, request: messages.PublishResultsRequest, context: Any
    ) -> messages.PublishResultsResponse:
        """Publishes all confirmed results of an exam."""
        await self.results.publish_all(request.exam, request.etag)
        published, passed = await self.results.tally(request.exam, ResultState.PUBLISHED)
        return messages.PublishResultsResponse(published=published, passed=passed)

    async def AnnulResult(self, request: messages.AnnulResultRequest, context: Any) -> result_pb2.Result:
        """Annuls a result for misconduct (人社部令第31号)."""
        tier = Tier(enums.word(events_pb2.MisconductTier, request.tier))
        part = Part(enums.word(result_pb2.ExamPart, request.part)) if request.part else None
        return message(await self.results.annul(request.name, request.etag, tier, part, request.reason))


def message(row: ResultRow) -> result_pb2.Result:
    """Return the message of a result."""
    return result_pb2.Result(
        **head(row),
        exam=row.exam,
        registration=row.registration,
        candidate=row.candidate,
        candidate_display_name=row.candidate_display_name,
        person=row.person,
        qualification=qualification_message(row.qualification),
        theory_score=_score(row, Part.THEORY, row.theory_score),
        ability_score=_score(row, Part.ABILITY, row.ability_score),
        passed=row.passed,
        state=enums.number(result_pb2.ResultState, row.state),
        examined_on=date_message(row.examined_on),
        published_on=date_message(row.published_on),
        publicity_ends_on=date_message(row.publicity_ends_on),
        tier=enums.number(events_pb2.MisconductTier, row.tier or ""),
        annul_reason=row.annul_reason,
        void_parts=[enums.number(result_pb2.ExamPart, part) for part in row.void_parts],
    )


def _score(row: ResultRow, part: Part, score: int | None) -> str:
    """Return a score as text; a void part shows none."""
    return "" if score is None or part in row.void_parts else tenths.show(score)
