"""Teaching put together: programs, cohorts, learners, enrollments, rosters and learning hours."""

from shuzheng.training.v1.cohort_service_pb2_grpc import add_CohortServiceServicer_to_server
from shuzheng.training.v1.enrollment_service_pb2_grpc import add_EnrollmentServiceServicer_to_server
from shuzheng.training.v1.hour_entry_service_pb2_grpc import add_HourEntryServiceServicer_to_server
from shuzheng.training.v1.learner_service_pb2_grpc import add_LearnerServiceServicer_to_server
from shuzheng.training.v1.program_service_pb2_grpc import add_ProgramServiceServicer_to_server
from shuzheng.training.v1.roster_service_pb2_grpc import add_RosterServiceServicer_to_server

from services.kit.area import Area, served
from services.kit.privacy import Vault
from services.kit.storage.store import Store
from services.kit.work.operations import Operations
from services.training.policy import Policy
from services.training.teaching.rpc.cohorts import CohortService
from services.training.teaching.rpc.enrollments import EnrollmentService
from services.training.teaching.rpc.hour_entries import HourEntryService
from services.training.teaching.rpc.learners import LearnerService
from services.training.teaching.rpc.programs import ProgramService
from services.training.teaching.rpc.roster_jobs import roster_import
from services.training.teaching.rpc.rosters import RosterService
from services.training.teaching.usecases.cohorts import Cohorts
from services.training.teaching.usecases.enrollments import Enrollments
from services.training.teaching.usecases.hour_entries import HourEntries
from services.training.teaching.usecases.learners import Learners
from services.training.teaching.usecases.programs import Programs
from services.training.teaching.usecases.rosters import Rosters


def teaching(store: Store, policy: Policy, vault: Vault, operations: Operations) -> Area:
    """Return the area."""
    rosters = Rosters(store, vault)
    return Area(
        (
            served(add_ProgramServiceServicer_to_server, ProgramService(Programs(policy, store.clock))),
            served(add_CohortServiceServicer_to_server, CohortService(Cohorts(store, policy))),
            served(add_LearnerServiceServicer_to_server, LearnerService(Learners(store, vault))),
            served(add_EnrollmentServiceServicer_to_server, EnrollmentService(Enrollments(store))),
            served(add_RosterServiceServicer_to_server, RosterService(rosters, operations)),
            served(add_HourEntryServiceServicer_to_server, HourEntryService(HourEntries(store, policy))),
        ),
        jobs=(roster_import(rosters),),
    )
