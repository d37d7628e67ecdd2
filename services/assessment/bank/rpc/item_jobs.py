"""Imports of large question files, done by a worker: each batch is a step that tells what ImportItems would."""

from typing import Any

from shuzheng.assessment.v1.item_service_pb2 import ImportItemsResponse, ItemReject

from services.assessment.bank.rpc.item_files import (
    ITEM_IMPORT,
    ImportSettings,
    reject_fields,
    response_message,
)
from services.assessment.bank.rpc.items import message
from services.assessment.bank.usecases.item_imports import FileFormat, ItemImports, Progress
from services.kit.storage.store import Transaction
from services.kit.work.job import Job, Outcome, Run

MOST_REJECTS = 1000  # that are kept with the result


def item_import(imports: ItemImports) -> Job:
    """Return the job."""

    async def run(run: Run) -> Outcome:
        first, notes = ImportSettings(**run.arguments), await run.notes()
        rejects = [reject for note in notes for reject in note["rejects"]]

        async def keep(tx: Transaction, progress: Progress) -> None:
            fresh = [reject_fields(reject) for reject in progress.rejects]
            note = {"counts": progress.counts(), "rejects": fresh}
            answer = response_message(progress, message)
            await run.step(tx, progress.checked, progress.found, note=note, answer=answer)
            rejects.extend(fresh)

        progress = imports.run(
            first.bank,
            FileFormat(first.file_format),
            await run.content(),
            first.default_code,
            run.operation.subject,
            dry=first.dry,
            before=Progress(**notes[-1]["counts"]) if notes else None,
            keep=keep,
        )
        async for step in progress:
            last = step
            await run.breathe()
        told = response_message(last, message)
        return Outcome(_result(told, rejects), [told])

    return Job(ITEM_IMPORT, run)


def _result(last: ImportItemsResponse, rejects: list[dict[str, Any]]) -> ImportItemsResponse:
    result = ImportItemsResponse()
    result.CopyFrom(last)
    result.rejects.extend(ItemReject(**reject) for reject in rejects[:MOST_REJECTS])
    return result
