"""Exporting a bank as a Moodle XML file that imports back to the same items."""

from collections.abc import AsyncIterator

from services.assessment.bank.domain.item import from_json
from services.assessment.bank.domain.moodle_export import FOOT, HEAD, Exported, category_of, entries
from services.assessment.bank.storage import banks, items
from services.assessment.bank.storage.rows.banks import BankRow
from services.assessment.bank.storage.rows.items import ItemRow
from services.kit.storage.store import Store

TITLE = 60


class ItemExports:
    """Exports of banks."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, bank: str, state: str) -> AsyncIterator[str]:
        """Yield the parts of the file; "" for items of any state."""
        async with self.store.read() as tx:
            await tx.get(BankRow, bank)
            titles = {row.code: row.title for row in await banks.points(tx, bank)}
        yield HEAD
        after = ""
        while rows := await self._next(bank, state, after):
            yield "".join(entries(_exported(row, titles) for row in rows))
            after = rows[-1].name
        yield FOOT

    async def _next(self, bank: str, state: str, after: str) -> list[ItemRow]:
        async with self.store.read() as tx:
            return list(await items.exported(tx, bank, state, after))


def _exported(row: ItemRow, titles: dict[str, str]) -> Exported:
    content = from_json(row.content)
    return Exported(
        category_of(row.knowledge_point, titles), content.stem.replace("\n", " ")[:TITLE], content
    )
