"""EvidenceService: between the wire and the use cases of evidence and eligibility."""

from typing import Any

from shuzheng.assessment.v1 import evidence_pb2
from shuzheng.assessment.v1 import evidence_service_pb2 as messages
from shuzheng.assessment.v1 import evidence_service_pb2_grpc as services

from services.assessment.person.domain.eligibility import Finding
from services.assessment.person.storage.rows.evidence import EvidenceRow
from services.assessment.person.usecases.evidence import Evidence
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, date_of
from services.vocabulary.messages import qualification_message, qualification_of


class EvidenceService(services.EvidenceServiceServicer):
    """What is known about a person from other services, and what the rules say of it."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    async def ListEvidence(
        self, request: messages.ListEvidenceRequest, context: Any
    ) -> messages.ListEvidenceResponse:
        """Lists the evidence of a candidate, newest first."""
        page = await self.evidence.page(request.parent, request.page_size, request.page_token)
        return messages.ListEvidenceResponse(
            evidence=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def CheckEligibility(
        self, request: messages.CheckEligibilityRequest, context: Any
    ) -> messages.CheckEligibilityResponse:
        """Decides the eligibility of a candidate by the rule tables and explains every route."""
        qualification = qualification_of(request.qualification)
        decision = await self.evidence.check(request.candidate, qualification, date_of(request, "on"))
        return messages.CheckEligibilityResponse(
            eligible=decision.eligible,
            requirements=map(_finding, decision.requirements),
            routes=map(_finding, decision.routes),
            source=decision.table.source,
            mark=decision.table.mark,
        )


def _finding(finding: Finding) -> messages.EligibilityFinding:
    unmet = [messages.UnmetCondition(reason=u.reason, message=u.message) for u in finding.unmet]
    return messages.EligibilityFinding(key=finding.key, text=finding.text, met=finding.met, unmet=unmet)


def message(row: EvidenceRow) -> evidence_pb2.Evidence:
    """Return the message of a piece of evidence."""
    return evidence_pb2.Evidence(
        source=row.name,
        kind=enums.number(evidence_pb2.EvidenceKind, row.kind),
        person=row.person,
        qualification=qualification_message(row.qualification),
        held_on=date_message(row.held_on),
        state=enums.number(evidence_pb2.EvidenceState, row.state),
        institution=row.institution,
        institution_uscc=row.institution_uscc,
        hours=row.hours,
    )
