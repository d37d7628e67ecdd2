"""What was done to a resource, as a test looks it up."""

from collections.abc import Sequence

from services.kit.acts.act import DoneAct
from services.kit.storage import acts
from services.kit.storage.store import Store


async def acts_of(store: Store, name: str, **page: int) -> Sequence[DoneAct]:
    """Return the acts of a resource, the oldest first."""
    async with store.read() as tx:
        return await acts.of(tx, name, **page)
