"""ItemService: items (试题), their review, import and export."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shuzheng.assessment.v1 import item_service_pb2 as messages
from shuzheng.assessment.v1 import item_service_pb2_grpc as services
from shuzheng.assessment.v1.item_pb2 import Item, ItemReview, ItemVersion
from shuzheng.assessment.v1.item_pb2 import ItemState as StateNumber
from shuzheng.assessment.v1.item_pb2 import ItemType as TypeNumber

from services.assessment.bank.domain.item import from_json
from services.assessment.bank.domain.item_review import ItemAction
from services.assessment.bank.rpc.item_contents import content_message, content_of
from services.assessment.bank.rpc.item_files import ITEM_IMPORT, SAME, chunks, response_message, target
from services.assessment.bank.storage.rows.items import ItemRow, ItemVersionRow
from services.assessment.bank.usecases.item_exports import ItemExports
from services.assessment.bank.usecases.item_imports import LARGEST_FILE, ItemImports, Target
from services.assessment.bank.usecases.items import Items
from services.assessment.names import body_of
from services.kit.errors import Violation, invalid
from services.kit.intake.upload import Upload
from services.kit.rpc import enums
from services.kit.rpc.call import caller
from services.kit.rpc.convert import head, timestamp
from services.kit.rpc.moves import Moves
from services.kit.work.operations import Asked, Operations


def message(row: ItemRow) -> Item:
    """Return the message of an item with its key: never for candidates."""
    return Item(
        **head(row),
        state=enums.number(StateNumber, row.state),
        content=content_message(from_json(row.content)),
        knowledge_point=row.knowledge_point,
        version=row.revision,
        author=row.author,
        reviews=map(_review, row.reviews),
        content_hash=row.content_hash,
    )


def _review(entry: dict[str, str]) -> ItemReview:
    moment = timestamp(datetime.fromisoformat(entry["time"]))
    return ItemReview(reviewer=entry["reviewer"], review_time=moment, reason=entry["reason"])


def version_message(row: ItemVersionRow) -> ItemVersion:
    """Return the message of a version."""
    return ItemVersion(
        name=row.name,
        content=content_message(from_json(row.content)),
        knowledge_point=row.knowledge_point,
        author=row.author,
        create_time=timestamp(row.create_time),
    )


CHANGEABLE = ("content", "knowledge_point")
MOVES = Moves(Items, message)


class ItemService(services.ItemServiceServicer):
    """Answers the bodies."""

    def __init__(
        self, items: Items, imports: ItemImports, exports: ItemExports, operations: Operations
    ) -> None:
        self.items = self.lifecycle = items
        self.imports = imports
        self.exports = exports
        self.operations = operations

    async def CreateItem(self, request: messages.CreateItemRequest, context: Any) -> Item:
        """Write a draft."""
        content = content_of(request.item.content)
        row = await self.items.create(
            request.parent, request.item_id, content, request.item.knowledge_point, caller().subject
        )
        return message(row)

    async def GetItem(self, request: messages.GetItemRequest, context: Any) -> Item:
        """Read an item."""
        return message(await self.items.get(request.name))

    async def ListItems(self, request: messages.ListItemsRequest, context: Any) -> messages.ListItemsResponse:
        """List the items of a bank."""
        page = await self.items.page_below(
            request.knowledge_point,
            request.page_size,
            request.page_token,
            parent=request.parent,
            state=enums.word(StateNumber, request.state),
            type=enums.word(TypeNumber, request.type),
        )
        return messages.ListItemsResponse(items=map(message, page.rows), next_page_token=page.next_page_token)

    async def UpdateItem(self, request: messages.UpdateItemRequest, context: Any) -> Item:
        """Change an item."""
        paths = _paths(request)
        content = content_of(request.item.content) if "content" in paths else None
        code = request.item.knowledge_point if "knowledge_point" in paths else None
        row = await self.items.edit(request.item.name, request.item.etag, content, code, caller().subject)
        return message(row)

    async def ListItemVersions(
        self, request: messages.ListItemVersionsRequest, context: Any
    ) -> messages.ListItemVersionsResponse:
        """List the versions of an item."""
        page = await self.items.versions(request.parent, request.page_size, request.page_token)
        return messages.ListItemVersionsResponse(
            versions=map(version_message, page.rows), next_page_token=page.next_page_token
        )

    async def ReviewItem(self, request: messages.ReviewItemRequest, context: Any) -> Item:
        """Approve or return an item."""
        row = await self.items.review(
            request.name, request.etag, request.approve, request.reason, caller().subject
        )
        return message(row)

    async def BatchReviewItems(
        self, request: messages.BatchReviewItemsRequest, context: Any
    ) -> messages.BatchReviewItemsResponse:
        """Approve or return many items."""
        rows = await self.items.review_many(
            request.parent, list(request.names), request.approve, request.reason, caller().subject
        )
        return messages.BatchReviewItemsResponse(items=map(message, rows))

    async def BatchActivateItems(
        self, request: messages.BatchActivateItemsRequest, context: Any
    ) -> messages.BatchActivateItemsResponse:
        """Activate many items."""
        rows = await self.items.activate_many(request.parent, list(request.names))
        return messages.BatchActivateItemsResponse(items=map(message, rows))

    async def ImportItems(
        self, requests: AsyncIterator[messages.ImportItemsRequest], context: Any
    ) -> AsyncIterator[messages.ImportItemsResponse]:
        """Import a question file."""
        upload = await Upload.begin(requests, *SAME)
        content = await upload.content(LARGEST_FILE)
        into = await self.imports.checked(target(upload.first, caller().subject))
        answers = self._ask if len(content) > self.operations.large else self._import
        async for answer in answers(into, content):
            yield answer

    async def _import(self, into: Target, content: bytes) -> AsyncIterator[messages.ImportItemsResponse]:
        async for step in self.imports.run(into, content):
            yield response_message(step, message)

    async def _ask(self, into: Target, content: bytes) -> AsyncIterator[messages.ImportItemsResponse]:
        """Have a worker import the file, and answer as it does."""
        asked = Asked(ITEM_IMPORT, body_of(into.bank), into.bank, into.author, asdict(into), content)
        operation = await self.operations.ask(asked)
        yield messages.ImportItemsResponse(operation=operation.name)
        async for answer in self._told(operation.name):
            yield answer

    async def FollowItemImport(
        self, request: messages.FollowItemImportRequest, context: Any
    ) -> AsyncIterator[messages.ImportItemsResponse]:
        """Answer as the import does that somebody asked for."""
        async for answer in self._told(request.name):
            yield answer

    async def _told(self, operation: str) -> AsyncIterator[messages.ImportItemsResponse]:
        async for told in self.operations.answers(operation, ITEM_IMPORT):
            yield messages.ImportItemsResponse.FromString(told)

    async def ExportItems(
        self, request: messages.ExportItemsRequest, context: Any
    ) -> AsyncIterator[messages.ExportItemsResponse]:
        """Export a bank as Moodle XML."""
        async for text in self.exports.run(request.parent, enums.word(StateNumber, request.state)):
            for chunk in chunks(text.encode()):
                yield messages.ExportItemsResponse(chunk=chunk)

    ActivateItem = MOVES.step(ItemAction.ACTIVATE)
    RetireItem = MOVES.step(ItemAction.RETIRE)


def _paths(request: messages.UpdateItemRequest) -> list[str]:
    paths = list(request.update_mask.paths) or list(CHANGEABLE)
    if unknown := [path for path in paths if path not in CHANGEABLE]:
        message = f"cannot be updated: {', '.join(unknown)}; possible are {', '.join(CHANGEABLE)}"
        raise invalid(
            "INVALID_UPDATE_MASK",
            f"update_mask {message}.",
            Violation("update_mask", message, "INVALID_UPDATE_MASK"),
        )
    if "content" in paths and not request.item.HasField("content"):
        message = "update_mask names content, but item.content is absent"
        raise invalid("INVALID_FIELD", message, Violation("item.content", message, "INVALID_FIELD"))
    return paths
