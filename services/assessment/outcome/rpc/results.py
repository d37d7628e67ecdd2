"""ResultService: between the wire and the use cases of results."""

from typing import Any

from shuzheng.assessment.v1 import events_pb2, result_pb2, result_service_pb2, result_service_pb2_grpc

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.outcome.domain.result import Part, ResultState, Tier
from services.assessment.outcome.storage.rows.results import IntegrityRecordRow, ResultRow
from services.assessment.outcome.usecases.results import Results
from services.kit.rpc.convert import date_message, timestamp
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


class ResultService(result_service_pb2_grpc.ResultServiceServicer):
    """Results from the marks to the publication, and annulment."""

    def __init__(self, results: Results) -> None:
        self.results = results

    async def GetResult(self, request: Any, context: Any) -> result_pb2.Result:
        """Reads one result; candidates see their own once it is public."""
        return _message(await self.results.get(request.name, request.candidate))

    async def ListResults(self, request: Any, context: Any) -> result_service_pb2.ListResultsResponse:
        """Lists results of a body, of an exam or of a candidate; candidates see what is public."""
        state = from_enum(result_pb2.ResultState, request.state)
        page = await self.results.page(
            request.parent, request.candidate, request.exam, state, request.page_size, request.page_token
        )
        return result_service_pb2.ListResultsResponse(
            results=map(_message, page.rows), next_page_token=page.next_page_token
        )

    async def ConfirmResult(self, request: Any, context: Any) -> result_pb2.Result:
        """Confirms one result whose parts are both marked."""
        return _message(await self.results.confirm(request.name, request.etag))

    async def ConfirmResults(self, request: Any, context: Any) -> result_service_pb2.ConfirmResultsResponse:
        """Confirms all results of an exam; refused with every candidate whose marks are missing."""
        await self.results.confirm_all(request.exam, request.etag)
        confirmed, passed = await self.results.tally(request.exam, ResultState.CONFIRMED)
        return result_service_pb2.ConfirmResultsResponse(confirmed=confirmed, passed=passed)

    async def PublishResult(self, request: Any, context: Any) -> result_pb2.Result:
        """Publishes one confirmed result."""
        return _message(await self.results.publish(request.name, request.etag))

    async def PublishResults(self, request: Any, context: Any) -> result_service_pb2.PublishResultsResponse:
        """Publishes all confirmed results of an exam."""
        await self.results.publish_all(request.exam, request.etag)
        published, passed = await self.results.tally(request.exam, ResultState.PUBLISHED)
        return result_service_pb2.PublishResultsResponse(published=published, passed=passed)

    async def AnnulResult(self, request: Any, context: Any) -> result_pb2.Result:
        """Annuls a result for misconduct (人社部令第31号)."""
        tier = Tier(from_enum(events_pb2.MisconductTier, request.tier))
        part = Part(from_enum(result_pb2.ExamPart, request.part)) if request.part else None
        return _message(await self.results.annul(request.name, request.etag, tier, part, request.reason))

    async def ListIntegrityRecords(
        self, request: Any, context: Any
    ) -> result_service_pb2.ListIntegrityRecordsResponse:
        """Lists the integrity records of a candidate."""
        page = await self.results.integrity_records(request.parent, request.page_size, request.page_token)
        return result_service_pb2.ListIntegrityRecordsResponse(
            integrity_records=map(_record, page.rows), next_page_token=page.next_page_token
        )


def _message(row: ResultRow) -> result_pb2.Result:
    return result_pb2.Result(
        name=row.name,
        exam=row.exam,
        registration=row.registration,
        candidate=row.candidate,
        candidate_display_name=row.candidate_display_name,
        person=row.person,
        qualification=qualification_message(row),
        theory_score=_score(row, Part.THEORY, row.theory_score),
        ability_score=_score(row, Part.ABILITY, row.ability_score),
        passed=row.passed,
        state=to_enum(result_pb2.ResultState, row.state),
        examined_on=date_message(row.examined_on),
        published_on=date_message(row.published_on),
        publicity_ends_on=date_message(row.publicity_ends_on),
        tier=to_enum(events_pb2.MisconductTier, row.tier),
        annul_reason=row.annul_reason,
        void_parts=[to_enum(result_pb2.ExamPart, part) for part in row.void_parts],
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _score(row: ResultRow, part: Part, score: int | None) -> str:
    """Return a score as text; a void part shows none."""
    return "" if score is None or part in row.void_parts else tenths.show(score)


def _record(row: IntegrityRecordRow) -> result_pb2.IntegrityRecord:
    return result_pb2.IntegrityRecord(
        result=row.result,
        person=row.parent,
        tier=to_enum(events_pb2.MisconductTier, row.tier),
        reason=row.reason,
        starts_on=date_message(row.starts_on),
        ends_on=date_message(row.ends_on),
    )
