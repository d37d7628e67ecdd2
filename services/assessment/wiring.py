"""Puts the assessment service together: the only place that constructs its parts."""

from types import ModuleType
from typing import Any

from shuzheng.assessment.v1 import (
    attempt_service_pb2,
    attempt_service_pb2_grpc,
    bank_service_pb2,
    bank_service_pb2_grpc,
    blueprint_service_pb2,
    blueprint_service_pb2_grpc,
    body_service_pb2,
    body_service_pb2_grpc,
    candidate_service_pb2,
    candidate_service_pb2_grpc,
    evidence_service_pb2,
    evidence_service_pb2_grpc,
    exam_service_pb2,
    exam_service_pb2_grpc,
    examiner_service_pb2,
    examiner_service_pb2_grpc,
    item_service_pb2,
    item_service_pb2_grpc,
    listing_service_pb2,
    listing_service_pb2_grpc,
    mark_service_pb2,
    mark_service_pb2_grpc,
    paper_service_pb2,
    paper_service_pb2_grpc,
    registration_service_pb2,
    registration_service_pb2_grpc,
    result_service_pb2,
    result_service_pb2_grpc,
    site_service_pb2,
    site_service_pb2_grpc,
)

from services.assessment.bank.rpc.banks import BankService
from services.assessment.bank.rpc.blueprints import BlueprintService
from services.assessment.bank.rpc.items import ItemService
from services.assessment.bank.rpc.papers import PaperService
from services.assessment.bank.usecases.banks import Banks
from services.assessment.bank.usecases.blueprints import Blueprints
from services.assessment.bank.usecases.item_exports import ItemExports
from services.assessment.bank.usecases.item_imports import ItemImports
from services.assessment.bank.usecases.items import Items
from services.assessment.bank.usecases.papers import Papers
from services.assessment.config import AssessmentConfig
from services.assessment.events.consumed import consumed
from services.assessment.events.published import PUBLISHED
from services.assessment.exam.rpc.exams import ExamService
from services.assessment.exam.rpc.registrations import RegistrationService
from services.assessment.exam.usecases.exams import Exams
from services.assessment.exam.usecases.registrations import Registrations
from services.assessment.outcome.rpc.marks import MarkService
from services.assessment.outcome.rpc.results import ResultService
from services.assessment.outcome.usecases.marks import Marks
from services.assessment.outcome.usecases.results import Results
from services.assessment.person.rpc.candidates import CandidateService
from services.assessment.person.rpc.evidence import EvidenceService
from services.assessment.person.storage import policies
from services.assessment.person.usecases.candidates import Candidates
from services.assessment.person.usecases.evidence import Evidence
from services.assessment.register.rpc.bodies import BodyService
from services.assessment.register.rpc.examiners import ExaminerService
from services.assessment.register.rpc.listings import ListingService
from services.assessment.register.rpc.sites import SiteService
from services.assessment.register.usecases.bodies import Bodies
from services.assessment.register.usecases.examiners import Examiners
from services.assessment.register.usecases.listings import Listings
from services.assessment.register.usecases.sites import Sites
from services.assessment.root import Base
from services.assessment.sitting.rpc.attempts import AttemptService
from services.assessment.sitting.usecases.attempts import Attempts
from services.kit.area import Area
from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.privacy import Vault
from services.kit.rpc.server import Servicer
from services.kit.runtime import Service


async def open(config: AssessmentConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return the running service."""
    policy = policies.load(config.policy)
    vault = Vault.open(config.vault_secret, create=config.embedded)
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    store = service.store
    attempts = Attempts(store, service.hot)
    evidence = Evidence(store, policy)
    items = ItemService(Items(store), ItemImports(store), ItemExports(store))
    servicers = (
        _servicer(body_service_pb2, body_service_pb2_grpc, BodyService(Bodies(store))),
        _servicer(listing_service_pb2, listing_service_pb2_grpc, ListingService(Listings(store))),
        _servicer(site_service_pb2, site_service_pb2_grpc, SiteService(Sites(store))),
        _servicer(examiner_service_pb2, examiner_service_pb2_grpc, ExaminerService(Examiners(store))),
        _servicer(bank_service_pb2, bank_service_pb2_grpc, BankService(Banks(store))),
        _servicer(item_service_pb2, item_service_pb2_grpc, items),
        _servicer(blueprint_service_pb2, blueprint_service_pb2_grpc, BlueprintService(Blueprints(store))),
        _servicer(paper_service_pb2, paper_service_pb2_grpc, PaperService(Papers(store))),
        _servicer(
            candidate_service_pb2, candidate_service_pb2_grpc, CandidateService(Candidates(store, vault))
        ),
        _servicer(evidence_service_pb2, evidence_service_pb2_grpc, EvidenceService(evidence)),
        _servicer(exam_service_pb2, exam_service_pb2_grpc, ExamService(Exams(store, policy))),
        _servicer(
            registration_service_pb2,
            registration_service_pb2_grpc,
            RegistrationService(Registrations(store, policy)),
        ),
        _servicer(attempt_service_pb2, attempt_service_pb2_grpc, AttemptService(attempts, clock)),
        _servicer(mark_service_pb2, mark_service_pb2_grpc, MarkService(Marks(store, policy))),
        _servicer(result_service_pb2, result_service_pb2_grpc, ResultService(Results(store, policy))),
    )
    return await service.start(Area(servicers, consumed(evidence), [attempts.keep_sweeping]))


def _servicer(messages: ModuleType, code: ModuleType, instance: Any) -> Servicer:
    """Return the one gRPC service that a proto file declares, answered by `instance`."""
    (descriptor,) = messages.DESCRIPTOR.services_by_name.values()
    return Servicer(descriptor, getattr(code, f"add_{descriptor.name}Servicer_to_server"), instance)
