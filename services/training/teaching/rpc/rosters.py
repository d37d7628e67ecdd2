"""RosterService: a file comes in as a stream of chunks, progress and the result go out as one."""

from collections.abc import AsyncIterator
from typing import Any

from shuzheng.training.v1 import roster_pb2, roster_service_pb2, roster_service_pb2_grpc

from services.kit.intake.upload import Upload
from services.kit.rpc import enums, notices
from services.training.teaching.usecases.rosters import Progress, Rejects, Rosters, Summary


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

    def __init__(self, rosters: Rosters) -> None:
        self.rosters = rosters

    async def ImportRoster(
        self, request_iterator: AsyncIterator[roster_service_pb2.ImportRosterRequest], context: Any
    ) -> AsyncIterator[roster_service_pb2.ImportRosterResponse]:
        """Check a file and import its good rows."""
        upload = await Upload.begin(request_iterator, "parent")
        async for step in self.rosters.run(upload.first.parent, upload, dry_run=upload.first.dry_run):
            yield message(step)
