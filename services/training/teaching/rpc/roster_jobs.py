"""Imports of large rosters, done by a worker: each slice is a step that tells what ImportRoster would."""

from datetime import date

from shuzheng.training.v1.roster_service_pb2 import ImportRosterResponse

from services.kit.storage.store import Transaction
from services.kit.work.job import Job, Outcome, Run
from services.training.teaching.rpc.rosters import ROSTER_IMPORT, message
from services.training.teaching.usecases.rosters import Note, Progress, Rosters, Settings, Stage

MOST_REJECTS = 1000  # that are kept with the result


def roster_import(rosters: Rosters) -> Job:
    """Return the job."""

    async def run(run: Run) -> Outcome:
        async def keep(tx: Transaction, at: Progress, note: Note) -> None:
            await run.step(tx, at.done, at.total, stage=at.stage, note=note, answer=message(at))

        content = rosters.vault.open_file(await run.content())
        last: list[ImportRosterResponse] = []
        async for found in rosters.run(_settings(run), content, before=await run.notes(), keep=keep):
            if not isinstance(found, Progress):
                last.append(_sealed(rosters, message(found)))
            elif found.stage is Stage.CHECKING:
                await run.tell(found.done, found.total, stage=found.stage, answer=message(found))
            else:
                await run.breathe()
        return Outcome(_result(last), last)

    return Job(ROSTER_IMPORT, run)


def _sealed(rosters: Rosters, answer: ImportRosterResponse) -> ImportRosterResponse:
    """Seal the rejects file, which holds ID numbers as they were sent, until the answer leaves the service."""
    if answer.rejects_file:
        answer.rejects_file = rosters.vault.seal_file(answer.rejects_file)
    return answer


def _settings(run: Run) -> Settings:
    asked = run.arguments
    return Settings(asked["cohort"], date.fromisoformat(asked["today"]), asked["dry_run"])


def _result(last: list[ImportRosterResponse]) -> ImportRosterResponse:
    rejects = [reject for answer in last for reject in answer.rejects]
    return ImportRosterResponse(
        summary=last[-1].summary, notices=last[-1].notices, rejects=rejects[:MOST_REJECTS]
    )
