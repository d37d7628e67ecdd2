"""CandidateService: between the wire and the use cases of candidates."""

from collections.abc import Callable
from datetime import date
from typing import Any

from google.protobuf.message import Message
from shuzheng.assessment.v1 import candidate_pb2
from shuzheng.assessment.v1 import candidate_service_pb2 as messages
from shuzheng.assessment.v1 import candidate_service_pb2_grpc as services
from shuzheng.assessment.v1.events_pb2 import MisconductTier
from shuzheng.assessment.v1.integrity_record_pb2 import IntegrityRecord

from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.person.storage.rows.integrity_records import IntegrityRecordRow
from services.assessment.person.usecases.candidates import Candidates, NewCandidate
from services.assessment.person.usecases.integrity_records import IntegrityRecords
from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid
from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, date_message, date_of, head


class CandidateService(services.CandidateServiceServicer):
    """Candidates and what they declare."""

    def __init__(self, candidates: Candidates, integrity_records: IntegrityRecords) -> None:
        self.candidates = candidates
        self.integrity_records = integrity_records

    async def CreateCandidate(
        self, request: messages.CreateCandidateRequest, context: Any
    ) -> candidate_pb2.Candidate:
        """Creates a candidate; one per national ID number."""
        return message(await self.candidates.create(_new(request)))

    async def GetCandidate(
        self, request: messages.GetCandidateRequest, context: Any
    ) -> candidate_pb2.Candidate:
        """Reads one candidate."""
        return message(await self.candidates.get(request.name))

    async def ListCandidates(
        self, request: messages.ListCandidatesRequest, context: Any
    ) -> messages.ListCandidatesResponse:
        """Lists candidates by name."""
        page = await self.candidates.page(request.page_size, request.page_token, person=request.person)
        return messages.ListCandidatesResponse(
            candidates=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateCandidate(
        self, request: messages.UpdateCandidateRequest, context: Any
    ) -> candidate_pb2.Candidate:
        """Changes the declared education, titles, work start or display name."""
        given, mask = request.candidate, request.update_mask
        row = await self.candidates.update(
            given.name, given.etag, lambda row: apply_mask(row, given, mask, CHANGEABLE)
        )
        return message(row)

    async def ListIntegrityRecords(
        self, request: messages.ListIntegrityRecordsRequest, context: Any
    ) -> messages.ListIntegrityRecordsResponse:
        """Lists the integrity records of a candidate."""
        page = await self.integrity_records.page(request.parent, request.page_size, request.page_token)
        return messages.ListIntegrityRecordsResponse(
            integrity_records=map(_record, page.rows), next_page_token=page.next_page_token
        )


def _record(row: IntegrityRecordRow) -> IntegrityRecord:
    return IntegrityRecord(
        result=row.result,
        person=row.parent,
        tier=enums.number(MisconductTier, row.tier),
        reason=row.reason,
        starts_on=date_message(row.starts_on),
        ends_on=date_message(row.ends_on),
    )


def _new(request: messages.CreateCandidateRequest) -> NewCandidate:
    given = request.candidate
    own = given.name.removeprefix("candidates/")
    return NewCandidate(
        own or request.candidate_id,
        given.display_name,
        given.national_id,
        _educations(given.educations),
        _titles(given.titles),
        _starts(given.occupation_starts),
    )


def _educations(given: Any) -> list[dict[str, Any]]:
    return [
        {
            "degree": e.degree,
            "school": e.school,
            "major": e.major,
            "related": e.related,
            "graduated_on": _day(e, "graduated_on"),
            "state_rule": e.state_rule,
        }
        for e in given
    ]


def _titles(given: Any) -> list[dict[str, Any]]:
    return [
        {"rank": t.rank, "display_name": t.display_name, "obtained_on": _day(t, "obtained_on")} for t in given
    ]


def _starts(given: Any) -> list[dict[str, Any]]:
    return [{"occupation": s.occupation, "started_on": _day(s, "started_on")} for s in given]


def _day(message: Message, field: str) -> str:
    day = date_of(message, field)
    if day is None:
        raise invalid(Reason.FIELD_REQUIRED, f"{field} is required.", Violation(field, "is required"))
    return day.isoformat()


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "educations": lambda row, given: setattr(row, "educations", _educations(given)),
    "titles": lambda row, given: setattr(row, "titles", _titles(given)),
    "occupation_starts": lambda row, given: setattr(row, "occupation_starts", _starts(given)),
}


def message(row: CandidateRow) -> candidate_pb2.Candidate:
    """Return a candidate with the ID number masked."""
    return candidate_pb2.Candidate(
        **head(row),
        display_name=row.display_name,
        national_id_masked=row.id_masked,
        person=row.person,
        educations=[candidate_pb2.Education(**_dated(e, "graduated_on")) for e in row.educations],
        titles=[candidate_pb2.ProfessionalTitle(**_dated(t, "obtained_on")) for t in row.titles],
        occupation_starts=[
            candidate_pb2.OccupationStart(**_dated(s, "started_on")) for s in row.occupation_starts
        ],
    )


def _dated(values: dict[str, Any], field: str) -> dict[str, Any]:
    return values | {field: date_message(date.fromisoformat(values[field]))}
