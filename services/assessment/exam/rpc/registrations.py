"""RegistrationService: between the wire and the use cases of registrations."""

from typing import Any

from shuzheng.assessment.v1 import registration_pb2
from shuzheng.assessment.v1 import registration_service_pb2 as messages
from shuzheng.assessment.v1 import registration_service_pb2_grpc as services

from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.assessment.exam.usecases.registrations import Refusal, Registrations
from services.kit.rpc import enums
from services.kit.rpc.convert import head


class RegistrationService(services.RegistrationServiceServicer):
    """Registrations: eligibility, seats and admission tickets."""

    def __init__(self, registrations: Registrations) -> None:
        self.registrations = registrations

    async def CreateRegistration(
        self, request: messages.CreateRegistrationRequest, context: Any
    ) -> registration_pb2.Registration:
        """Registers a candidate; refused with every unmet condition, or when no seat is left."""
        return message(await self.registrations.create(request.parent, request.registration.candidate))

    async def BatchCreateRegistrations(
        self, request: messages.BatchCreateRegistrationsRequest, context: Any
    ) -> messages.BatchCreateRegistrationsResponse:
        """集体报名: an institution applies for candidates it trained; each candidate is decided on its own."""
        wanted = list(request.candidates)
        seats, refused = await self.registrations.create_batch(request.parent, request.institution, wanted)
        return messages.BatchCreateRegistrationsResponse(
            registrations=map(message, seats), refusals=map(_refusal, refused)
        )

    async def GetRegistration(
        self, request: messages.GetRegistrationRequest, context: Any
    ) -> registration_pb2.Registration:
        """Reads one registration."""
        return message(await self.registrations.owned(request.name, request.candidate))

    async def ListRegistrations(
        self, request: messages.ListRegistrationsRequest, context: Any
    ) -> messages.ListRegistrationsResponse:
        """Lists the registrations of an exam, or of a candidate."""
        state = enums.word(registration_pb2.RegistrationState, request.state)
        page = await self.registrations.page(
            request.page_size,
            request.page_token,
            parent=request.parent,
            candidate=request.candidate,
            state=state,
        )
        return messages.ListRegistrationsResponse(
            registrations=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def CancelRegistration(
        self, request: messages.CancelRegistrationRequest, context: Any
    ) -> registration_pb2.Registration:
        """Cancels a registration while registration is open; the seat becomes free."""
        return message(await self.registrations.cancel(request.name, request.etag, request.candidate))


def message(row: RegistrationRow) -> registration_pb2.Registration:
    """Return the message of a registration."""
    return registration_pb2.Registration(
        **head(row),
        candidate=row.candidate,
        candidate_display_name=row.candidate_display_name,
        national_id_masked=row.id_masked,
        seat=row.seat,
        ticket_number=row.ticket_number,
        institution=row.institution,
        route=row.route,
        state=enums.number(registration_pb2.RegistrationState, row.state),
    )


def _refusal(refusal: Refusal) -> messages.RegistrationRefusal:
    error = refusal.error
    return messages.RegistrationRefusal(
        candidate=refusal.candidate,
        reason=error.reason,
        message=error.message,
        details=[
            messages.RefusalDetail(reason=u.reason, subject=u.subject, message=u.message) for u in error.unmet
        ],
    )
