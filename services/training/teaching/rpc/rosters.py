"""RosterService: a file comes in as a stream of chunks, progress and the result go out as one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from shuzheng.training.v1 import roster_pb2, roster_service_pb2, roster_service_pb2_grpc

from services.kit.errors import Violation, invalid
from services.kit.rpc import enums
from services.kit.rpc.call import caller
from services.kit.work.operations import Asked, Operations
from services.training.names import institution_of
from services.training.teaching.usecases.rosters import (
    Progress,
    Rejects,
    Rosters,
    Settings,
    Stage,
    Summary,
    receive,
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
            return response(rejects=rows, rejects_csv=found.csv)
        case Summary():
            return response(summary=_summary(found))


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
        columns=[roster_pb2.RosterColumn(field=c.field, heading=c.heading) for c in found.header.columns],
        ignored_columns=found.header.ignored,
        format=found.format,
    )


async def _chunks(first: Any, requests: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    yield first.chunk
    async for request in requests:
        if request.parent != first.parent:
            text = "differs from the first message"
            raise invalid("INVALID_FIELD", f"parent {text}.", Violation("parent", text, "INVALID_FIELD"))
        yield request.chunk


class RosterService(roster_service_pb2_grpc.RosterServiceServicer):
    """Roster imports."""

    def __init__(self, rosters: Rosters, operations: Operations) -> None:
        self.rosters = rosters
        self.operations = operations

    async def ImportRoster(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        """Check a file and import its good rows."""
        first = await anext(request_iterator, None)
        if first is None:
            raise invalid("INVALID_FIELD", "The stream holds no message.")
        await self.rosters.check_open(first.parent)
        yield message(Progress(Stage.RECEIVING, 0, 0))
        content = await receive(_chunks(first, request_iterator))
        settings = Settings(first.parent, self.rosters.store.clock.today(), first.dry_run)
        answers = self._ask if len(content) > self.operations.large else self._import
        async for answer in answers(settings, content):
            yield answer

    async def _import(self, settings: Settings, content: bytes) -> AsyncIterator[Any]:
        async for step in self.rosters.run(settings, content):
            yield message(step)

    async def _ask(self, settings: Settings, content: bytes) -> AsyncIterator[Any]:
        """Have a worker import the file, and answer as it does; the file waits sealed, because it holds ID numbers."""
        arguments = {
            "cohort": settings.cohort,
            "today": settings.today.isoformat(),
            "dry_run": settings.dry_run,
        }
        sealed = await asyncio.to_thread(self.rosters.vault.seal_file, content)
        tenant = institution_of(settings.cohort)
        operation = await self.operations.ask(
            Asked(ROSTER_IMPORT, tenant, settings.cohort, caller().subject, arguments, sealed)
        )
        yield roster_service_pb2.ImportRosterResponse(operation=operation.name)
        async for answer in self.operations.answers(operation.name):
            yield roster_service_pb2.ImportRosterResponse.FromString(answer)
