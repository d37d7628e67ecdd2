"""Institutions: entered and corrected by the supervisor."""

from collections.abc import Mapping
from typing import Any

from services.kit.errors import already_exists
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import line
from services.training.names import INSTITUTION
from services.training.reasons import Reason
from services.training.register.domain.institution import InstitutionKind, checked_uscc
from services.training.register.storage import institutions
from services.training.register.storage.rows.institutions import InstitutionRow


class Institutions(Resource[InstitutionRow]):
    """Commands and questions about institutions."""

    row, pattern = InstitutionRow, INSTITUTION

    @command
    async def create(
        self,
        tx: Transaction,
        identifier: str,
        *,
        display_name: str,
        uscc: str,
        kind: InstitutionKind,
        region: str,
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
                display_name=_display_name(display_name),
                uscc=code,
                kind=kind,
                region=region,
                warnings=warnings,
            )
        )

    async def changed(self, tx: Transaction, row: InstitutionRow, was: Mapping[str, Any]) -> None:
        """Clean the name."""
        row.display_name = _display_name(row.display_name)


def _display_name(text: str) -> str:
    return line(text, 100, "institution.display_name")
