"""Parked messages and republishing: what an operator does when something could not be handled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.protobuf.message import DecodeError
from sqlalchemy import delete, func, select, update

from services.kit.errors import not_found, precondition
from services.kit.events.consumer import Consumer, note
from services.kit.events.envelope import Envelope, EnvelopeError
from services.kit.storage import acts
from services.kit.storage.store import Store


class Parking:
    """The parked messages of a service and its outbox, for operators."""

    def __init__(self, store: Store, consumers: Sequence[Consumer]) -> None:
        self.store = store
        self.consumers = {consumer.name: consumer for consumer in consumers}

    async def page(self, size: int, after: str) -> list[Any]:
        """Return up to `size` parked messages whose event id follows `after`."""
        parked = self.store.tables.parked
        async with self.store.read() as tx:
            found = select(parked).where(parked.c.event_id > after).order_by(parked.c.event_id).limit(size)
            return list((await tx.execute(found)).all())

    async def retry(self, event_id: str) -> None:
        """Handle a parked message in one transaction with its removal; raises what the handler raises."""
        parked = self.store.tables.parked
        async with self.store.write() as tx:
            tx.act.details = {"retried_by": acts.actor_of(self.store.service, "").subject}
            row = (await tx.execute(select(parked).where(parked.c.event_id == event_id))).first()
            if row is None:
                raise not_found(f"parked event {event_id}")
            try:
                envelope = Envelope.read(row.headers, row.type)
                if await note(tx, row.consumer, [envelope]):
                    await self.consumers[row.consumer].dispatch(tx, envelope, row.payload)
            except (EnvelopeError, DecodeError) as error:
                raise precondition(
                    "UNREADABLE_EVENT", f"{event_id} cannot be read ({error}); drop it."
                ) from error
            await tx.execute(delete(parked).where(parked.c.event_id == event_id))

    async def drop(self, event_id: str) -> None:
        """Give a parked message up; raises NOT_FOUND."""
        parked = self.store.tables.parked
        async with self.store.write() as tx:
            gone = await tx.execute(delete(parked).where(parked.c.event_id == event_id))
            if gone.rowcount == 0:  # type: ignore[attr-defined]
                raise not_found(f"parked event {event_id}")

    async def republish(self, since: datetime | None) -> int:
        """Mark the facts since a moment (all where None) as unpublished; returns how many."""
        outbox = self.store.tables.outbox
        again = update(outbox).values(published_at=None, publication=outbox.c.publication + 1)
        if since is not None:
            again = again.where(outbox.c.occurred_at >= since)
        async with self.store.write() as tx:
            count = (await tx.execute(again)).rowcount  # type: ignore[attr-defined]
        self.store.nudge()
        return int(count)

    async def figures(self) -> dict[str, Any]:
        """Return figures that stay cheap: recorded (the last number), waiting, oldest (moment or None), parked."""
        outbox, parked = self.store.tables.outbox, self.store.tables.parked
        waiting = outbox.c.published_at.is_(None)
        async with self.store.read() as tx:
            recorded = (await tx.execute(select(func.max(outbox.c.position)))).scalar_one()
            left = (await tx.execute(select(func.count()).select_from(outbox).where(waiting))).scalar_one()
            oldest = (await tx.execute(select(func.min(outbox.c.occurred_at)).where(waiting))).scalar_one()
            failed = (await tx.execute(select(func.count()).select_from(parked))).scalar_one()
        return {"recorded": recorded or 0, "waiting": left, "oldest": oldest, "parked": failed}
