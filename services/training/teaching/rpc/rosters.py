"""RosterService: a file comes in as a stream of chunks, progress and the result go out as one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from shuzheng.training.v1 import roster_pb2, roster_service_pb2, roster_service_pb2_grpc

from services.kit.intake.upload import Upload
from services.kit.rpc import enums, notices
from services.kit.rpc.call import caller
from services.kit.work.operations import Asked, Operations
from services.training.names import institution_of
from services.training.teaching.usecases.rosters import (
    LARGEST_FILE,
    Progress,
    Rejects,
    Rosters,
    Settings,
    Stage,
    Summary,
)

ROSTER_IMPORT = "roster_import"  # the kind of operation


def message(found: Progress | Rejects | Summary) -> roster_service_pb2.ImportRosterResponse:
    """Return the answer that carries one step of an import."""
    response = roster_service_pb2.ImportRosterResponse
    match found:
        case Progress():
            stage: Any = enums.number(roster_pb2.RosterStage, found.stage)
            return response(
                progress=roster_pb2.RosterProgress(stage=stage, rows_done=found.done, rows_total=found.total)
            )
        case Rejects():
            rows = [
                roster_pb2.RosterReject(row=r.row, field=r.field, reason=str(r.reason), message=r.message)
                for r in found.rows
            ]
            return response(rejects=rows, rejects_file=found.part)
        case Summary():
            return response(summary=_summary(found), notices=map(notices.message, found.notices))


def _summary(found: Summary) -> roster_pb2.RosterSummary:
    tally = found.tally
    return roster_pb2.RosterSummary(
        rows=found.rows,
        learners_created=tally.learners_created,
        enrollments_created=tally.enrollments_created,
        unchanged=tally.unchanged,
        rejected=found.rejected,
        dry_run=found.dry_run,
        sha256=found.sha256,
        columns=[roster_pb2.RosterColumn(field=c.field, heading=c.heading) for c in found.table.header.known],
        format=found.table.format,
    )


class RosterService(roster_service_pb2_grpc.RosterServiceServicer):
    """Roster imports."""

    def __init__(self, rosters: Rosters, operations: Operations) -> None:
        self.rosters = rosters
        self.operations = operations

    async def ImportRoster(
        self, request_iterator: AsyncIterator[roster_service_pb2.ImportRosterRequest], context: Any
    ) -> AsyncIterator[roster_service_pb2.ImportRosterResponse]:
        """Check a file and import its good rows."""
        upload = await Upload.begin(request_iterator, "parent")
        first = upload.first
        await self.rosters.check_open(first.parent)
        yield message(Progress(Stage.RECEIVING, 0, 0))
        content = await upload.content(LARGEST_FILE)
        settings = Settings(first.parent, self.rosters.store.clock.today(), first.dry_run)
        answers = self._ask if len(content) > self.operations.large else self._import
        async for answer in answers(settings, content):
            yield answer

    async def _import(
        self, settings: Settings, content: bytes
    ) -> AsyncIterator[roster_service_pb2.ImportRosterResponse]:
        async for step in self.rosters.run(settings, content):
            yield message(step)

    async def _ask(
        self, settings: Settings, content: bytes
    ) -> AsyncIterator[roster_service_pb2.ImportRosterResponse]:
        """Have a worker import the file, and answer as it does; what holds ID numbers waits sealed."""
        arguments = {
            "cohort": settings.cohort,
            "today": settings.today.isoformat(),
            "dry_run": settings.dry_run,
        }
        vault, tenant = self.rosters.vault, institution_of(settings.cohort)
        sealed = await asyncio.to_thread(vault.seal_file, content)
        operation = await self.operations.ask(
            Asked(ROSTER_IMPORT, tenant, settings.cohort, caller().subject, arguments, sealed)
        )
        yield roster_service_pb2.ImportRosterResponse(operation=operation.name)
        async for answer in self._told(operation.name):
            yield answer

    async def FollowRosterImport(
        self, request: roster_service_pb2.FollowRosterImportRequest, context: Any
    ) -> AsyncIterator[roster_service_pb2.ImportRosterResponse]:
        """Answer as the import does that somebody asked for."""
        async for answer in self._told(request.name):
            yield answer

    async def _told(self, operation: str) -> AsyncIterator[roster_service_pb2.ImportRosterResponse]:
        """Yield what a worker tells; the rejects file is opened only here, where it leaves the service."""
        async for told in self.operations.answers(operation, ROSTER_IMPORT):
            answer = roster_service_pb2.ImportRosterResponse.FromString(told)
            if answer.rejects_file:
                answer.rejects_file = self.rosters.vault.open_file(answer.rejects_file)
            yield answer
