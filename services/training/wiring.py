"""Puts the training service together: the only place that constructs its parts."""

import tomllib
from importlib.resources import files

from shuzheng.training.v1 import (
    cohort_service_pb2,
    cohort_service_pb2_grpc,
    completion_service_pb2,
    completion_service_pb2_grpc,
    enrollment_service_pb2,
    enrollment_service_pb2_grpc,
    hour_entry_service_pb2,
    hour_entry_service_pb2_grpc,
    institution_service_pb2,
    institution_service_pb2_grpc,
    learner_service_pb2,
    learner_service_pb2_grpc,
    listing_service_pb2,
    listing_service_pb2_grpc,
    program_service_pb2,
    program_service_pb2_grpc,
    roster_service_pb2,
    roster_service_pb2_grpc,
)

from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.privacy import Vault
from services.kit.rpc.server import Servicer
from services.kit.runtime import Service
from services.training.completion.rpc.completions import CompletionService
from services.training.completion.usecases.completions import Completions
from services.training.config import TrainingConfig
from services.training.events.published import PUBLISHED
from services.training.policy import Policy
from services.training.register.rpc.institutions import InstitutionService
from services.training.register.rpc.listings import ListingService
from services.training.register.usecases.institutions import Institutions
from services.training.register.usecases.listings import Listings
from services.training.root import Base
from services.training.teaching.rpc.cohorts import CohortService
from services.training.teaching.rpc.enrollments import EnrollmentService
from services.training.teaching.rpc.hour_entries import HourEntryService
from services.training.teaching.rpc.learners import LearnerService
from services.training.teaching.rpc.programs import ProgramService
from services.training.teaching.rpc.rosters import RosterService
from services.training.teaching.usecases.cohorts import Cohorts
from services.training.teaching.usecases.enrollments import Enrollments
from services.training.teaching.usecases.hour_entries import HourEntries
from services.training.teaching.usecases.learners import Learners
from services.training.teaching.usecases.programs import Programs
from services.training.teaching.usecases.rosters import Rosters


def policy(config: TrainingConfig) -> Policy:
    """Read the policy in force; raises where the file is wrong, so that the service does not start."""
    shipped = files("services.training") / "policy" / "training.toml"
    source = config.policy_file or shipped
    return Policy.of(tomllib.loads(source.read_text("utf-8")))


async def open(config: TrainingConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return the running service."""
    rules = policy(config)
    vault = Vault.open(config.vault_secret, create=config.embedded)
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    store = service.store
    return await service.start(
        (
            Servicer(
                institution_service_pb2.DESCRIPTOR.services_by_name["InstitutionService"],
                institution_service_pb2_grpc.add_InstitutionServiceServicer_to_server,
                InstitutionService(Institutions(store)),
            ),
            Servicer(
                listing_service_pb2.DESCRIPTOR.services_by_name["ListingService"],
                listing_service_pb2_grpc.add_ListingServiceServicer_to_server,
                ListingService(Listings(store, rules)),
            ),
            Servicer(
                program_service_pb2.DESCRIPTOR.services_by_name["ProgramService"],
                program_service_pb2_grpc.add_ProgramServiceServicer_to_server,
                ProgramService(Programs(rules, clock)),
            ),
            Servicer(
                cohort_service_pb2.DESCRIPTOR.services_by_name["CohortService"],
                cohort_service_pb2_grpc.add_CohortServiceServicer_to_server,
                CohortService(Cohorts(store, rules)),
            ),
            Servicer(
                learner_service_pb2.DESCRIPTOR.services_by_name["LearnerService"],
                learner_service_pb2_grpc.add_LearnerServiceServicer_to_server,
                LearnerService(Learners(store, vault)),
            ),
            Servicer(
                enrollment_service_pb2.DESCRIPTOR.services_by_name["EnrollmentService"],
                enrollment_service_pb2_grpc.add_EnrollmentServiceServicer_to_server,
                EnrollmentService(Enrollments(store)),
            ),
            Servicer(
                roster_service_pb2.DESCRIPTOR.services_by_name["RosterService"],
                roster_service_pb2_grpc.add_RosterServiceServicer_to_server,
                RosterService(Rosters(store, vault, clock)),
            ),
            Servicer(
                hour_entry_service_pb2.DESCRIPTOR.services_by_name["HourEntryService"],
                hour_entry_service_pb2_grpc.add_HourEntryServiceServicer_to_server,
                HourEntryService(HourEntries(store, rules)),
            ),
            Servicer(
                completion_service_pb2.DESCRIPTOR.services_by_name["CompletionService"],
                completion_service_pb2_grpc.add_CompletionServiceServicer_to_server,
                CompletionService(Completions(store, rules)),
            ),
        )
    )
