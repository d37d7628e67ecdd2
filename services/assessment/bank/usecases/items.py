"""Items (试题): writing, review by two different people, versions, retirement."""

from collections.abc import Sequence

from services.assessment.bank.domain import item_review
from services.assessment.bank.domain.item import ItemContent, content_hash, from_json, problems, tidy, to_json
from services.assessment.bank.domain.item_review import TRANSITIONS, ItemAction, ItemState
from services.assessment.bank.storage import banks, items
from services.assessment.bank.storage.rows.items import ItemRow, ItemVersionRow
from services.assessment.names import ITEM, bank_of
from services.assessment.reasons import Reason
from services.kit.errors import Violation, already_exists, invalid
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance


class Items(Lifecycle[ItemRow, ItemAction]):
    """Commands and questions about items; `actor` is the person who calls."""

    row, pattern, transitions = ItemRow, ITEM, TRANSITIONS

    @command
    async def create(
        self, tx: Transaction, parent: str, identifier: str, content: ItemContent, code: str, actor: str
    ) -> ItemRow:
        """Write a draft; raises INVALID_ITEM, UNKNOWN_KNOWLEDGE_POINT, DUPLICATE_ITEM."""
        name = ITEM.child(parent, identifier or new_id())
        await banks.open_bank(tx, parent)
        row = ItemRow(
            name=name,
            parent=parent,
            type=content.type,
            knowledge_point="",
            state=ItemState.DRAFT,
            author=actor,
            content_hash="",
            source_hash="",
        )
        await self._write(tx, row, content, code, actor)
        row.source_hash = row.content_hash
        await tx.insert(row)
        await items.keep_version(tx, row)
        return row

    @command
    async def edit(
        self, tx: Transaction, name: str, etag: str, content: ItemContent | None, code: str | None, actor: str
    ) -> ItemRow:
        """Change content or knowledge point (None keeps it); an active item gets its next version."""
        await banks.open_bank(tx, bank_of(name))
        row = await tx.lock(ItemRow, name, etag)
        state = advance(TRANSITIONS, row.state, ItemAction.EDIT, name)
        row.revision += item_review.makes_version(row.state)
        await self._write(
            tx,
            row,
            from_json(row.content) if content is None else content,
            row.knowledge_point if code is None else code,
            actor,
        )
        row.state = state
        await tx.save(row)
        await items.keep_version(tx, row)
        return row

    async def _write(
        self, tx: Transaction, row: ItemRow, content: ItemContent, code: str, actor: str
    ) -> None:
        neat = tidy(content)
        if found := [_in_request(violation) for violation in problems(neat)]:
            message = "; ".join(violation.message for violation in found)
            raise invalid(Reason.INVALID_ITEM, f"The item is not complete: {message}.", *found)
        point = await banks.point(tx, row.parent, code, "item.knowledge_point")
        digest = content_hash(neat, point.code)
        await _refuse_twin(tx, row, digest)
        row.type, row.content, row.knowledge_point = neat.type, to_json(neat), point.code
        row.content_hash, row.author, row.reviews = digest, actor, []

    @command
    async def review(
        self, tx: Transaction, name: str, etag: str, approve: bool, reason: str, actor: str
    ) -> ItemRow:
        """Approve an item or return it to its author."""
        return await _review(tx, await tx.lock(ItemRow, name, etag), approve, reason, actor)

    @command
    async def review_many(
        self, tx: Transaction, parent: str, names: Sequence[str], approve: bool, reason: str, actor: str
    ) -> list[ItemRow]:
        """Approve or return many items of a bank, all or none."""
        _check_bank(parent, names)
        return [await _review(tx, row, approve, reason, actor) for row in await items.locked(tx, names)]

    @command
    async def activate_many(self, tx: Transaction, parent: str, names: Sequence[str]) -> list[ItemRow]:
        """Let papers draw many reviewed items of a bank, all or none."""
        _check_bank(parent, names)
        rows = await items.locked(tx, names)
        for row in rows:
            self.advance(row, ItemAction.ACTIVATE)
            await tx.save(row)
        return rows

    async def page_below(self, code: str, size: int, token: str, **filters: str) -> Page[ItemRow]:
        """Return one page of the items of a knowledge point and of those below it ("" for all)."""
        async with self.store.read() as tx:
            return await tx.page(items.below(code, **filters), ItemRow, size, token)

    async def versions(self, name: str, size: int, token: str) -> Page[ItemVersionRow]:
        """Return one page of an item's versions."""
        async with self.store.read() as tx:
            await tx.get(ItemRow, name)
            return await tx.page(matching(ItemVersionRow, parent=name), ItemVersionRow, size, token)


async def _review(tx: Transaction, row: ItemRow, approve: bool, reason: str, actor: str) -> ItemRow:
    reviewers = [review["reviewer"] for review in row.reviews]
    row.state = item_review.review(row.name, row.state, row.author, reviewers, actor, approve=approve)
    approval = {"reviewer": actor, "time": tx.now.isoformat(), "reason": reason}
    row.reviews = [*row.reviews, approval] if approve else []
    tx.act.reason = reason
    return await tx.save(row)


async def _refuse_twin(tx: Transaction, row: ItemRow, digest: str) -> None:
    twin = await items.holder(tx, row.parent, digest)
    if twin not in ("", row.name):
        raise already_exists(twin, Reason.DUPLICATE_ITEM, f"{twin} has the same content.")


def _in_request(violation: Violation) -> Violation:
    return Violation(f"item.content.{violation.field}", violation.message, violation.reason)


def _check_bank(parent: str, names: Sequence[str]) -> None:
    for at, name in enumerate(names):
        if bank_of(name) != parent:
            message = f"{name} is no item of {parent}."
            raise invalid(
                Reason.FOREIGN_ITEM, message, Violation(f"names[{at}]", message, Reason.FOREIGN_ITEM)
            )
