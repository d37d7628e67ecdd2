"""Look-ups of examiners."""

from collections.abc import Collection

from sqlalchemy import select

from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.kit.errors import not_found
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction


async def named(tx: Transaction, names: Collection[str]) -> dict[str, ExaminerRow]:
    """Return the examiners of those names; raises NOT_FOUND for the first that does not exist."""
    rows = await tx.all(select(ExaminerRow).where(ExaminerRow.name.in_(names)))
    found = {row.name: row for row in rows}
    for name in names:
        if name not in found:
            raise not_found(name)
    return found


async def page(tx: Transaction, parent: str, state: str, size: int, token: str) -> Page[ExaminerRow]:
    """Return one page of a body's examiners; "" for any state."""
    statement = select(ExaminerRow).where(ExaminerRow.parent == parent)
    wanted = statement.where(ExaminerRow.state == state) if state else statement
    return await tx.page(wanted, ExaminerRow, size, token)
