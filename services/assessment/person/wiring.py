"""The people put together: candidates, their integrity records, and what other services know of them."""

from shuzheng.assessment.v1.candidate_service_pb2_grpc import add_CandidateServiceServicer_to_server
from shuzheng.assessment.v1.evidence_service_pb2_grpc import add_EvidenceServiceServicer_to_server

from services.assessment.person.rpc.candidates import CandidateService
from services.assessment.person.rpc.evidence import EvidenceService
from services.assessment.person.usecases.candidates import Candidates
from services.assessment.person.usecases.evidence import Evidence
from services.assessment.person.usecases.integrity_records import IntegrityRecords
from services.assessment.policy import Policy
from services.kit.area import Area, served
from services.kit.privacy import Vault
from services.kit.storage.store import Store


def person(store: Store, policy: Policy, vault: Vault) -> Area:
    """Return the area."""
    candidates = CandidateService(Candidates(store, vault), IntegrityRecords(store))
    return Area(
        (
            served(add_CandidateServiceServicer_to_server, candidates),
            served(add_EvidenceServiceServicer_to_server, EvidenceService(Evidence(store, policy))),
        )
    )
