"""Question files as streams: chunks in, progress out."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from shuzheng.assessment.v1.item_pb2 import Item
from shuzheng.assessment.v1.item_service_pb2 import (
    ImportItemsRequest,
    ImportItemsResponse,
    ItemFormat,
    ItemReject,
)

from services.assessment.bank.storage.rows.items import ItemRow
from services.assessment.bank.usecases.item_imports import (
    LARGEST_FILE,
    FileFormat,
    Progress,
    Reject,
    too_large,
    unreadable,
)
from services.kit.rpc import enums

CHUNK = 64 * 2**10
ITEM_IMPORT = "item_import"  # the kind of operation


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What the first message of an import says."""

    bank: str
    file_format: FileFormat
    default_code: str
    dry: bool


async def read_import(requests: AsyncIterator[ImportItemsRequest]) -> tuple[ImportSettings, bytes]:
    """Return the settings and the whole file; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    first: ImportSettings | None = None
    data = bytearray()
    async for request in requests:
        first = first or _settings(request)
        data += request.chunk
        if len(data) > LARGEST_FILE:
            raise too_large()
    if first is None:
        raise unreadable("it was never sent")
    return first, bytes(data)


def _settings(request: ImportItemsRequest) -> ImportSettings:
    file_format = FileFormat(enums.word(ItemFormat, request.format))
    return ImportSettings(request.parent, file_format, request.default_knowledge_point, request.validate_only)


def response_message(progress: Progress, item: Callable[[ItemRow], Item]) -> ImportItemsResponse:
    """Return one step of an import as it travels."""
    return ImportItemsResponse(
        found=progress.found,
        checked=progress.checked,
        imported=progress.imported,
        duplicates=progress.duplicates,
        rejected=progress.rejected,
        rejects=map(_reject, progress.rejects),
        items=map(item, progress.rows),
        done=progress.done,
    )


def _reject(reject: Reject) -> ItemReject:
    return ItemReject(**reject_fields(reject))


def reject_fields(reject: Reject) -> dict[str, Any]:
    """Return the fields of an ItemReject."""
    question, flaw = reject.question, reject.flaw
    return {
        "index": question.index,
        "line": question.line,
        "field": flaw.field,
        "reason": str(flaw.reason),
        "message": flaw.message,
        "title": question.title,
    }


def chunks(data: bytes) -> Iterator[bytes]:
    """Yield data in parts that fit a message."""
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
