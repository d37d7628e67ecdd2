"""ProgramService."""

from typing import Any

from shuzheng.training.v1 import program_pb2, program_service_pb2, program_service_pb2_grpc

from services.kit.rpc.convert import date_message, date_of
from services.training import qualifications
from services.training.policy import Dated
from services.training.teaching.domain.program import Program
from services.training.teaching.usecases.programs import Programs
from services.training.tenths import show


def message(found: Program) -> program_pb2.Program:
    """Return the message of a program."""
    return program_pb2.Program(
        name=found.name,
        qualification=qualifications.message(found.qualification),
        required_hours=show(found.hours.total),
        pass_score=show(found.pass_score.value),
        items=[
            program_pb2.ContentItem(key=item.key, display_name=item.name_zh, required_hours=show(item.hours))
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


class ProgramService(program_service_pb2_grpc.ProgramServiceServicer):
    """Programs."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs

    async def GetProgram(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.programs.get(request.name, date_of(request, "on")))

    async def ListPrograms(self, request: Any, context: Any) -> Any:
        """List them."""
        day = date_of(request, "on")
        page = await self.programs.page(
            request.occupation, request.level, day, request.page_size, request.page_token
        )
        return program_service_pb2.ListProgramsResponse(
            programs=map(message, page.rows), next_page_token=page.next_page_token
        )
