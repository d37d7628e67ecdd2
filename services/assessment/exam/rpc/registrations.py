"""RegistrationService: between the wire and the use cases of registrations."""

from typing import Any

from shuzheng.assessment.v1 import registration_pb2, registration_service_pb2, registration_service_pb2_grpc

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.assessment.exam.usecases.registrations import Refusal, Registrations
from services.kit.rpc.convert import timestamp


class RegistrationService(registration_service_pb2_grpc.RegistrationServiceServicer):
    """Registrations: eligibility, seats and admission tickets."""

    def __init__(self, registrations: Registrations) -> None:
        self.registrations = registrations

    async def CreateRegistration(self, request: Any, context: Any) -> registration_pb2.Registration:
        """Registers a candidate; refused with every unmet condition, or when no seat is left."""
        return _message(await self.registrations.create(request.parent, request.registration.candidate))

    async def BatchCreateRegistrations(
        self, request: Any, context: Any
    ) -> registration_service_pb2.BatchCreateRegistrationsResponse:
        """集体报名: an institution applies for candidates it trained; each candidate is decided on its own."""
        wanted = list(request.candidates)
        seats, refused = await self.registrations.create_batch(request.parent, request.institution, wanted)
        return registration_service_pb2.BatchCreateRegistrationsResponse(
            registrations=map(_message, seats), refusals=map(_refusal, refused)
        )

    async def GetRegistration(self, request: Any, context: Any) -> registration_pb2.Registration:
        """Reads one registration."""
        return _message(await self.registrations.get(request.name, request.candidate))

    async def ListRegistrations(
        self, request: Any, context: Any
    ) -> registration_service_pb2.ListRegistrationsResponse:
        """Lists the registrations of an exam, or of a candidate."""
        state = from_enum(registration_pb2.RegistrationState, request.state)
        page = await self.registrations.page(
            request.parent, request.candidate, state, request.page_size, request.page_token
        )
        return registration_service_pb2.ListRegistrationsResponse(
            registrations=map(_message, page.rows), next_page_token=page.next_page_token
        )

    async def CancelRegistration(self, request: Any, context: Any) -> registration_pb2.Registration:
        """Cancels a registration while registration is open; the seat becomes free."""
        return _message(await self.registrations.cancel(request.name, request.etag, request.candidate))


def _message(row: RegistrationRow) -> registration_pb2.Registration:
    return registration_pb2.Registration(
        name=row.name,
        candidate=row.candidate,
        candidate_display_name=row.candidate_display_name,
        national_id_masked=row.national_id_masked,
        seat=row.seat,
        ticket_number=row.ticket_number,
        institution=row.institution,
        route=row.route,
        state=to_enum(registration_pb2.RegistrationState, row.state),
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _refusal(refusal: Refusal) -> registration_service_pb2.RegistrationRefusal:
    error = refusal.error
    return registration_service_pb2.RegistrationRefusal(
        candidate=refusal.candidate,
        reason=error.reason,
        message=error.message,
        details=[
            registration_service_pb2.RefusalDetail(reason=u.reason, subject=u.subject, message=u.message)
            for u in error.unmet
        ],
    )
