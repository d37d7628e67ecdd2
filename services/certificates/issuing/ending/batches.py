"""The end of released batches: ISSUED as soon as none of their certificates waits for a signature any more."""

from services.certificates.issuing.domain.batch import TRANSITIONS, BatchAction, BatchState
from services.certificates.issuing.storage import batches
from services.certificates.issuing.storage.rows.batches import BatchRow
from services.kit.storage import operations
from services.kit.storage.store import Transaction
from services.kit.values.lifecycle import advance


async def finish(tx: Transaction) -> None:
    """Make those released batches ISSUED of which nothing waits any more, and end what one watches of them."""
    for name in await batches.finished(tx):
        row = await tx.lock(BatchRow, name)
        if row.state is BatchState.RELEASED:
            row.state = advance(TRANSITIONS, row.state, BatchAction.FINISH, name)
            row.issued_at = tx.now
            await tx.save(row)
            await operations.conclude(tx, row.operation)
