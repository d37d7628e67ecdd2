"""Look-ups of assessment bodies."""

from services.assessment.register.domain.body import require_active
from services.assessment.register.storage.rows.bodies import BodyRow
from services.kit.storage.store import Transaction


async def active_body(tx: Transaction, name: str) -> BodyRow:
    """Return the body locked until COMMIT; raises NOT_FOUND, BODY_CLOSED."""
    body = await tx.lock(BodyRow, name)
    require_active(name, body.state)
    return body
