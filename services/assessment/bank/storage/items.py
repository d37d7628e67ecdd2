"""Look-ups of items and their versions, and the one way to write a version."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, or_, select, union

from services.assessment.bank.domain.item import ItemType
from services.assessment.bank.domain.item_review import ItemState
from services.assessment.bank.domain.paper_draw import Drawable
from services.assessment.bank.storage.rows.items import ItemRow, ItemVersionRow
from services.assessment.names import ITEM_VERSION, bank_of
from services.kit.storage.pages import matching
from services.kit.storage.store import Transaction

CHUNK = 500


def version_name(item: str, revision: int) -> str:
    """Return the name of one version of an item."""
    return ITEM_VERSION.child(item, str(revision))


async def keep_version(tx: Transaction, item: ItemRow) -> None:
    """Store the present content under its version; a draft's version is rewritten."""
    name = version_name(item.name, item.revision)
    values = {
        "content": item.content,
        "knowledge_point": item.knowledge_point,
        "author": item.author,
        "content_hash": item.content_hash,
    }
    kept = await tx.find(ItemVersionRow, name)
    if kept is not None:
        kept.sqlmodel_update(values)
        await tx.save(kept)
        return
    bank = bank_of(item.name)
    await tx.insert(ItemVersionRow(name=name, parent=item.name, bank=bank, revision=item.revision, **values))


async def known_hashes(tx: Transaction, bank: str, hashes: Collection[str]) -> set[str]:
    """Return which of the hashes the bank holds: now, in an earlier version, or as first imported."""
    wanted = list(hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        found |= await _known(tx, bank, wanted[start : start + CHUNK])
    return found


async def _known(tx: Transaction, bank: str, hashes: list[str]) -> set[str]:
    of_items = select(ItemRow.source_hash).where(ItemRow.parent == bank, ItemRow.source_hash.in_(hashes))
    of_versions = select(ItemVersionRow.content_hash).where(
        ItemVersionRow.bank == bank, ItemVersionRow.content_hash.in_(hashes)
    )
    return {value for (value,) in await tx.execute(union(of_items, of_versions))}


async def holder(tx: Transaction, bank: str, digest: str) -> str:
    """Return the name of the item that now has this content, "" where there is none."""
    found = select(ItemRow.name).where(ItemRow.parent == bank, ItemRow.content_hash == digest)
    return await tx.one(found) or ""


async def insert_many(tx: Transaction, items: Sequence[dict[str, Any]]) -> None:
    """Store new items of revision 1 with their versions; the values lack only the columns that all share."""
    shared = {"version": 1, "create_time": tx.now, "update_time": tx.now}
    await tx.bulk_insert(ItemRow, [{**item, **shared, "revision": 1} for item in items])
    kept = ("content", "knowledge_point", "author", "content_hash")
    versions = [
        {
            **{field: item[field] for field in kept},
            **shared,
            "revision": 1,
            "bank": item["parent"],
            "name": version_name(item["name"], 1),
            "parent": item["name"],
        }
        for item in items
    ]
    await tx.bulk_insert(ItemVersionRow, versions)


async def locked(tx: Transaction, names: Collection[str]) -> list[ItemRow]:
    """Return the items locked until COMMIT, in the order of their names; raises NOT_FOUND."""
    return [await tx.lock(ItemRow, name) for name in sorted(names)]


async def drawable(tx: Transaction, bank: str) -> list[Drawable]:
    """Return the active items of a bank as the draw needs them."""
    columns = select(ItemRow.name, ItemRow.type, ItemRow.knowledge_point)
    active = columns.where(ItemRow.parent == bank, ItemRow.state == ItemState.ACTIVE)
    return [Drawable(name, ItemType(kind), point) for name, kind, point in await tx.execute(active)]


async def by_name(tx: Transaction, names: Sequence[str]) -> dict[str, ItemRow]:
    """Return the items of those names."""
    rows: dict[str, ItemRow] = {}
    for start in range(0, len(names), CHUNK):
        some = select(ItemRow).where(ItemRow.name.in_(names[start : start + CHUNK]))
        rows |= {row.name: row for row in await tx.all(some)}
    return rows


def below(code: str, **filters: str) -> Select[Any]:
    """Return the SELECT of the items whose columns equal `filters`, at a knowledge point or below it ("" for any)."""
    statement = matching(ItemRow, **filters)
    if not code:
        return statement
    lower = ItemRow.knowledge_point.like(f"{code}.%")
    return statement.where(or_(ItemRow.knowledge_point == code, lower))


async def exported(tx: Transaction, bank: str, state: str, after: str) -> Sequence[ItemRow]:
    """Return the next items of a bank after the name `after`, in the order of names."""
    statement = select(ItemRow).where(ItemRow.parent == bank, ItemRow.name > after)
    wanted = statement.where(ItemRow.state == state) if state else statement
    return await tx.all(wanted.order_by(ItemRow.name).limit(CHUNK))
