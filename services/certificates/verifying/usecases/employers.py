"""Registering employers."""

from collections.abc import Mapping
from typing import Any

from services.certificates.names import EMPLOYER
from services.certificates.verifying.storage.rows.employers import EmployerRow
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.vocabulary import uscc


class Employers(Resource[EmployerRow]):
    """Commands and questions about employers; a failed check digit of a USCC is recorded, not refused."""

    row, pattern = EmployerRow, EMPLOYER

    @command
    async def create(self, tx: Transaction, identifier: str, display_name: str, code: str) -> EmployerRow:
        """Register an employer; raises RESOURCE_EXISTS."""
        name = EMPLOYER.child("", identifier or new_id())
        row = EmployerRow(name=name, display_name=display_name, uscc=code)
        _check_uscc(row)
        return await tx.insert(row)

    async def changed(self, tx: Transaction, row: EmployerRow, was: Mapping[str, Any]) -> None:
        """Look at a USCC that was changed."""
        if row.uscc != was["uscc"]:
            _check_uscc(row)


def _check_uscc(row: EmployerRow) -> None:
    """Write a USCC as it is compared, with what is wrong with it."""
    row.uscc, row.uscc_problems = uscc.normalize(row.uscc), uscc.problems(row.uscc)
