"""EvidenceService: between the wire and the use cases of evidence and eligibility."""

from typing import Any

from shuzheng.assessment.v1 import evidence_pb2, evidence_service_pb2, evidence_service_pb2_grpc

from services.assessment.enum_words import to_enum
from services.assessment.person.domain.eligibility import Finding
from services.assessment.person.storage.rows.evidence import EvidenceRow
from services.assessment.person.usecases.evidence import Evidence
from services.kit.rpc.convert import date_message, date_of
from services.vocabulary.messages import qualification_message, qualification_of


class EvidenceService(evidence_service_pb2_grpc.EvidenceServiceServicer):
    """What is known about a person from other services, and what the rules say of it."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    async def ListEvidence(self, request: Any, context: Any) -> evidence_service_pb2.ListEvidenceResponse:
        """Lists the evidence of a candidate, newest first."""
        page = await self.evidence.page(request.parent, request.page_size, request.page_token)
        return evidence_service_pb2.ListEvidenceResponse(
            evidence=map(_message, page.rows), next_page_token=page.next_page_token
        )

    async def CheckEligibility(
        self, request: Any, context: Any
    ) -> evidence_service_pb2.CheckEligibilityResponse:
        """Decides the eligibility of a candidate by the rule tables and explains every route."""
        qualification = qualification_of(request.qualification)
        decision = await self.evidence.check(request.candidate, qualification, date_of(request, "on"))
        return evidence_service_pb2.CheckEligibilityResponse(
            eligible=decision.eligible,
            requirements=map(_finding, decision.requirements),
            routes=map(_finding, decision.routes),
            source=decision.table.source,
            mark=decision.table.mark,
        )


def _finding(finding: Finding) -> evidence_service_pb2.EligibilityFinding:
    unmet = [evidence_service_pb2.UnmetCondition(reason=u.reason, message=u.message) for u in finding.unmet]
    return evidence_service_pb2.EligibilityFinding(
        key=finding.key, text=finding.text, met=finding.met, unmet=unmet
    )


def _message(row: EvidenceRow) -> evidence_pb2.Evidence:
    return evidence_pb2.Evidence(
        source=row.name,
        kind=to_enum(evidence_pb2.EvidenceKind, row.kind),
        person=row.person,
        qualification=qualification_message(row),
        held_on=date_message(row.held_on),
        state=to_enum(evidence_pb2.EvidenceState, row.state),
        institution=row.institution,
        institution_uscc=row.institution_uscc,
        hours=row.hours,
    )
