"""ProgramService."""

from typing import Any

from shuzheng.training.v1 import program_pb2
from shuzheng.training.v1 import program_service_pb2 as messages
from shuzheng.training.v1 import program_service_pb2_grpc as services

from services.kit.rpc.convert import date_message, date_of
from services.training.teaching.domain.program import Program
from services.training.teaching.usecases.programs import Programs
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message
from services.vocabulary.policy import Dated


def message(found: Program) -> program_pb2.Program:
    """Return the message of a program."""
    return program_pb2.Program(
        name=found.name,
        qualification=qualification_message(found.qualification),
        required_hours=tenths.show(found.hours.total),
        pass_score=tenths.show(found.pass_score.value),
        items=[
            program_pb2.ContentItem(
                key=item.key, display_name=item.name_zh, required_hours=tenths.show(item.hours)
            )
            for item in found.items
        ],
        sources=[
            _source("hours", found.hours),
            _source("content", found.content),
            _source("pass_score", found.pass_score),
        ],
    )


def _source(subject: str, entry: Dated) -> program_pb2.PolicySource:
    return program_pb2.PolicySource(
        subject=subject,
        source=entry.source,
        mark=entry.mark,
        effective_from=date_message(entry.effective_from),
    )


class ProgramService(services.ProgramServiceServicer):
    """Programs."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs

    async def GetProgram(self, request: messages.GetProgramRequest, context: Any) -> program_pb2.Program:
        """Read one."""
        return message(await self.programs.get(request.name, date_of(request, "on")))

    async def ListPrograms(
        self, request: messages.ListProgramsRequest, context: Any
    ) -> messages.ListProgramsResponse:
        """List them."""
        day = date_of(request, "on")
        page = await self.programs.page(
            request.occupation, request.level, day, request.page_size, request.page_token
        )
        return messages.ListProgramsResponse(
            programs=map(message, page.rows), next_page_token=page.next_page_token
        )
