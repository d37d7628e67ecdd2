"""Look-ups of blueprints."""

from sqlalchemy import select

from services.assessment.bank.storage.rows.blueprints import BlueprintRow
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction


async def page(tx: Transaction, parent: str, state: str, size: int, token: str) -> Page[BlueprintRow]:
    """Return one page of a bank's blueprints; "" for any state."""
    statement = select(BlueprintRow).where(BlueprintRow.parent == parent)
    wanted = statement.where(BlueprintRow.state == state) if state else statement
    return await tx.page(wanted, BlueprintRow, size, token)
