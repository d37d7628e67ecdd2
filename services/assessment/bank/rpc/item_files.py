"""Question files as streams: chunks in, progress out."""

from collections.abc import Callable, Iterator
from typing import Any

from shuzheng.assessment.v1.item_pb2 import Item
from shuzheng.assessment.v1.item_service_pb2 import (
    ImportItemsRequest,
    ImportItemsResponse,
    ItemFormat,
    ItemReject,
)

from services.assessment.bank.formats.files import FileFormat
from services.assessment.bank.storage.rows.items import ItemRow
from services.assessment.bank.usecases.item_imports import Progress, Reject, Target
from services.kit.rpc import enums, notices

CHUNK = 64 * 2**10
ITEM_IMPORT = "item_import"  # the kind of operation
SAME = ("parent", "format", "validate_only", "default_knowledge_point")  # in every message of a file


def target(request: ImportItemsRequest, author: str) -> Target:
    """Return where the questions go, as the first message of an import says."""
    file_format = FileFormat(enums.word(ItemFormat, request.format))
    code = request.default_knowledge_point
    return Target(request.parent, file_format, code, author, request.validate_only)


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
        rejects_file=progress.part,
        notices=map(notices.message, progress.notices),
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
