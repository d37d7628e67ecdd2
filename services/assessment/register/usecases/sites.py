"""Examination sites (考核站点): application, announcement, authorization."""

from collections.abc import Callable, Sequence

from services.assessment.names import SITE
from services.assessment.register.domain.site import TRANSITIONS, SiteAction, SiteState, require_authorizing
from services.assessment.register.storage import bodies, sites
from services.assessment.register.storage.rows.sites import SiteRow
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.vocabulary.qualification import check_occupation


class Sites:
    """Commands and look-ups of sites."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        display_name: str,
        host: str,
        address: str,
        occupations: Sequence[str],
        seats: int,
    ) -> SiteRow:
        """Apply for a site of a body."""
        await bodies.active_body(tx, parent)
        _check(occupations)
        row = SiteRow(
            name=SITE.child(parent, identifier or new_id()),
            parent=parent,
            display_name=display_name,
            host=host,
            address=address,
            occupations=list(occupations),
            seats=seats,
            state=SiteState.APPLIED,
        )
        return await tx.insert(row)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[SiteRow], None]
    ) -> SiteRow:
        """Change a site; its occupations only while it is applied for."""
        row = await tx.lock(SiteRow, name, etag)
        before = list(row.occupations)
        change(row)
        if row.occupations != before:
            require_authorizing(name, row.state)
            _check(row.occupations)
        return await tx.save(row)

    @command
    async def move(
        self, tx: Transaction, name: str, etag: str, action: SiteAction, remark: str = ""
    ) -> SiteRow:
        """Take one step of the lifecycle."""
        row = await tx.lock(SiteRow, name, etag)
        row.state, row.remark = advance(TRANSITIONS, row.state, action, name), remark
        return await tx.save(row)

    async def get(self, name: str) -> SiteRow:
        """Return a site; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(SiteRow, name)

    async def page(self, parent: str, state: str, size: int, token: str) -> Page[SiteRow]:
        """Return one page of a body's sites."""
        async with self.store.read() as tx:
            return await sites.page(tx, parent, state, size, token)


def _check(occupations: Sequence[str]) -> None:
    for at, occupation in enumerate(occupations):
        check_occupation(occupation, f"site.occupations[{at}]")
