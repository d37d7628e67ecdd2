"""Imports of large question files, done by a worker: each batch is a step that tells what ImportItems would."""

from collections.abc import Iterable, Sequence
from typing import Any

from shuzheng.assessment.v1.item_service_pb2 import ImportItemsResponse, ItemReject

from services.assessment.bank.domain.question_file import Flaw
from services.assessment.bank.formats.files import FileFormat
from services.assessment.bank.rpc.item_files import ITEM_IMPORT, reject_fields, response_message
from services.assessment.bank.rpc.items import message
from services.assessment.bank.usecases.item_imports import Before, ItemImports, Progress, Target
from services.kit.storage.store import Transaction
from services.kit.work.job import Job, Outcome, Run

MOST_REJECTS = 1000  # that are kept with the result


def item_import(imports: ItemImports) -> Job:
    """Return the job."""

    async def run(run: Run) -> Outcome:
        notes = await run.notes()
        rejects = [reject for note in notes for reject in note["rejects"]]

        async def keep(tx: Transaction, progress: Progress) -> None:
            fresh = [reject_fields(reject) for reject in progress.rejects]
            note = {"counts": progress.counts(), "rejects": fresh}
            answer = response_message(progress, message)
            await run.step(tx, progress.checked, progress.found, note=note, answer=answer)
            rejects.extend(fresh)

        last: list[ImportItemsResponse] = []
        target = Target(**run.arguments | {"file_format": FileFormat(run.arguments["file_format"])})
        async for step in imports.run(target, await run.content(), before=_before(notes), keep=keep):
            if step.part or step.done:
                last.append(response_message(step, message))
            await run.breathe()
        return Outcome(_result(last[-1], rejects), last)

    return Job(ITEM_IMPORT, run)


def _before(notes: Sequence[Any]) -> Before | None:
    """Return where an earlier worker stopped, as its notes say."""
    if not notes:
        return None
    flaws: dict[int, list[Flaw]] = {}
    for reject in (reject for note in notes for reject in note["rejects"]):
        flaw = Flaw(reject["field"], reject["reason"], reject["message"])
        flaws.setdefault(reject["index"], []).append(flaw)
    return Before(notes[-1]["counts"], flaws)


def _result(last: ImportItemsResponse, rejects: Iterable[dict[str, Any]]) -> ImportItemsResponse:
    result = ImportItemsResponse()
    result.CopyFrom(last)
    result.rejects.extend(ItemReject(**reject) for reject in list(rejects)[:MOST_REJECTS])
    return result
