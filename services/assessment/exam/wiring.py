"""Exams put together: the exams and the registrations for them."""

from shuzheng.assessment.v1.exam_service_pb2_grpc import add_ExamServiceServicer_to_server
from shuzheng.assessment.v1.registration_service_pb2_grpc import add_RegistrationServiceServicer_to_server

from services.assessment.exam.rpc.exams import ExamService
from services.assessment.exam.rpc.registrations import RegistrationService
from services.assessment.exam.usecases.exams import Exams
from services.assessment.exam.usecases.registrations import Registrations
from services.assessment.policy import Policy
from services.kit.area import Area, served
from services.kit.storage.store import Store


def exam(store: Store, policy: Policy) -> Area:
    """Return the area."""
    registrations = RegistrationService(Registrations(store, policy))
    return Area(
        (
            served(add_ExamServiceServicer_to_server, ExamService(Exams(store, policy))),
            served(add_RegistrationServiceServicer_to_server, registrations),
        )
    )
