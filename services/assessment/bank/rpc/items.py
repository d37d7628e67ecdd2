"""ItemService: items (试题), their review, import and export."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from shuzheng.assessment.v1 import item_service_pb2 as messages
from shuzheng.assessment.v1 import item_service_pb2_grpc
from shuzheng.assessment.v1.item_pb2 import Item, ItemReview, ItemState, ItemType, ItemVersion

from services.assessment.bank.domain.item import from_json
from services.assessment.bank.rpc.item_contents import content_message, content_of
from services.assessment.bank.rpc.item_files import chunks, read_import, response_message
from services.assessment.bank.storage.rows.items import ItemRow, ItemVersionRow
from services.assessment.bank.usecases.item_exports import ItemExports
from services.assessment.bank.usecases.item_imports import ItemImports
from services.assessment.bank.usecases.items import Items
from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BANK, ITEM
from services.assessment.resource_head import head
from services.kit.errors import Violation, invalid
from services.kit.rpc.call import caller
from services.kit.rpc.convert import timestamp

CHANGEABLE = ("content", "knowledge_point")


class ItemService(item_service_pb2_grpc.ItemServiceServicer):
    """Answers the bodies."""

    def __init__(self, items: Items, imports: ItemImports, exports: ItemExports) -> None:
        self.items = items
        self.imports = imports
        self.exports = exports

    async def CreateItem(self, request: messages.CreateItemRequest, context: Any) -> Item:
        """Write a draft."""
        BANK.parse(request.parent, "parent")
        content = content_of(request.item.content)
        row = await self.items.create(
            request.parent, request.item_id, content, request.item.knowledge_point, caller().subject
        )
        return item_message(row)

    async def GetItem(self, request: messages.GetItemRequest, context: Any) -> Item:
        """Read an item."""
        ITEM.parse(request.name)
        return item_message(await self.items.get(request.name))

    async def ListItems(self, request: messages.ListItemsRequest, context: Any) -> messages.ListItemsResponse:
        """List the items of a bank."""
        BANK.parse(request.parent, "parent")
        state, kind = from_enum(ItemState, request.state), from_enum(ItemType, request.type)
        page = await self.items.page(
            request.parent, state, kind, request.knowledge_point, request.page_size, request.page_token
        )
        return messages.ListItemsResponse(
            items=map(item_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateItem(self, request: messages.UpdateItemRequest, context: Any) -> Item:
        """Change an item."""
        ITEM.parse(request.item.name, "item.name")
        paths = _paths(request)
        content = content_of(request.item.content) if "content" in paths else None
        code = request.item.knowledge_point if "knowledge_point" in paths else None
        row = await self.items.update(request.item.name, request.item.etag, content, code, caller().subject)
        return item_message(row)

    async def ListItemVersions(
        self, request: messages.ListItemVersionsRequest, context: Any
    ) -> messages.ListItemVersionsResponse:
        """List the versions of an item."""
        ITEM.parse(request.parent, "parent")
        page = await self.items.versions(request.parent, request.page_size, request.page_token)
        return messages.ListItemVersionsResponse(
            versions=map(version_message, page.rows), next_page_token=page.next_page_token
        )

    async def ReviewItem(self, request: messages.ReviewItemRequest, context: Any) -> Item:
        """Approve or return an item."""
        ITEM.parse(request.name)
        row = await self.items.review(
            request.name, request.etag, request.approve, request.remark, caller().subject
        )
        return item_message(row)

    async def BatchReviewItems(
        self, request: messages.BatchReviewItemsRequest, context: Any
    ) -> messages.BatchReviewItemsResponse:
        """Approve or return many items."""
        BANK.parse(request.parent, "parent")
        rows = await self.items.review_many(
            request.parent, list(request.names), request.approve, request.remark, caller().subject
        )
        return messages.BatchReviewItemsResponse(items=map(item_message, rows))

    async def ActivateItem(self, request: messages.ActivateItemRequest, context: Any) -> Item:
        """REVIEWED → ACTIVE."""
        ITEM.parse(request.name)
        return item_message(await self.items.activate(request.name, request.etag))

    async def BatchActivateItems(
        self, request: messages.BatchActivateItemsRequest, context: Any
    ) -> messages.BatchActivateItemsResponse:
        """Activate many items."""
        BANK.parse(request.parent, "parent")
        rows = await self.items.activate_many(request.parent, list(request.names))
        return messages.BatchActivateItemsResponse(items=map(item_message, rows))

    async def RetireItem(self, request: messages.RetireItemRequest, context: Any) -> Item:
        """Retire an item."""
        ITEM.parse(request.name)
        return item_message(await self.items.retire(request.name, request.etag))

    async def ImportItems(
        self, requests: AsyncIterator[messages.ImportItemsRequest], context: Any
    ) -> AsyncIterator[messages.ImportItemsResponse]:
        """Import a question file."""
        first, data = await read_import(requests)
        progress = self.imports.run(
            first.bank, first.file_format, data, first.default_code, caller().subject, dry=first.dry
        )
        async for step in progress:
            for part in response_message(step, item_message):
                yield part

    async def ExportItems(
        self, request: messages.ExportItemsRequest, context: Any
    ) -> AsyncIterator[messages.ExportItemsResponse]:
        """Export a bank as Moodle XML."""
        BANK.parse(request.parent, "parent")
        async for text in self.exports.run(request.parent, from_enum(ItemState, request.state)):
            for chunk in chunks(text.encode()):
                yield messages.ExportItemsResponse(chunk=chunk)


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


def item_message(row: ItemRow) -> Item:
    """Return an item with its key as it travels: never for candidates."""
    return Item(
        **head(row),
        state=to_enum(ItemState, row.state),
        content=content_message(from_json(row.content)),
        knowledge_point=row.knowledge_point,
        version=row.revision,
        author=row.author,
        reviews=map(_review, row.reviews),
        content_hash=row.content_hash,
    )


def _review(entry: dict[str, str]) -> ItemReview:
    moment = timestamp(datetime.fromisoformat(entry["time"]))
    return ItemReview(reviewer=entry["reviewer"], review_time=moment, remark=entry["remark"])


def version_message(row: ItemVersionRow) -> ItemVersion:
    """Return a version as it travels."""
    return ItemVersion(
        name=row.name,
        content=content_message(from_json(row.content)),
        knowledge_point=row.knowledge_point,
        author=row.author,
        create_time=timestamp(row.create_time),
    )
