"""Institutions: entered and corrected by the supervisor."""

from collections.abc import Callable

from services.kit.errors import already_exists
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.training.names import INSTITUTION
from services.training.reasons import Reason
from services.training.register.domain.institution import checked_uscc
from services.training.register.storage import institutions
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.wording import line


class Institutions:
    """Commands and questions about institutions."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def create(
        self, tx: Transaction, identifier: str, *, display_name: str, uscc: str, kind: str, region: str
    ) -> InstitutionRow:
        """Enter an institution; raises INVALID_USCC, USCC_TAKEN, RESOURCE_EXISTS."""
        name = INSTITUTION.child("", identifier or new_id())
        code, warnings = checked_uscc(uscc)
        if (holder := await institutions.with_uscc(tx, code)) is not None and holder.name != name:
            message = "Another institution has this unified social credit code."
            raise already_exists(holder.name, Reason.USCC_TAKEN, message)
        return await tx.insert(
            InstitutionRow(
                name=name,
                display_name=line(display_name, 100, "institution.display_name"),
                uscc=code,
                kind=kind,
                region=region,
                warnings=warnings,
            )
        )

    async def get(self, name: str) -> InstitutionRow:
        """Return one institution."""
        INSTITUTION.parse(name)
        async with self.store.read() as tx:
            return await tx.get(InstitutionRow, name)

    async def page(self, region: str, size: int, token: str) -> Page[InstitutionRow]:
        """Return a page of institutions."""
        async with self.store.read() as tx:
            return await tx.page(institutions.in_region(region), InstitutionRow, size, token)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[InstitutionRow], None]
    ) -> InstitutionRow:
        """Apply `change`."""
        INSTITUTION.parse(name)
        row = await tx.lock(InstitutionRow, name, etag)
        change(row)
        row.display_name = line(row.display_name, 100, "institution.display_name")
        return await tx.save(row)
