"""The relay: committed facts go from the outbox to JetStream, and are marked only after the broker's acknowledgement.

It knows no kind of event. It is nudged by each COMMIT and looks by itself once a second. A crash between
acknowledgement and mark publishes twice; the broker and every inbox drop the repeat.
"""

import asyncio
from datetime import datetime
from typing import Any

import nats
from nats.js import JetStreamContext
from sqlalchemy import Table, bindparam, select, update

from services.kit.clock import Clock
from services.kit.events.connection import Connection
from services.kit.events.envelope import Envelope
from services.kit.logs import RELAY_WAITING, logger
from services.kit.storage.hot import HotPath, in_array
from services.kit.storage.store import Store
from services.kit.waiting import happens

BATCH = 512
POLL = 1.0  # seconds
PATIENCE = 5.0  # seconds until an acknowledgement must come
log = logger("relay")


class Relay:
    """Publishes the outbox of one service."""

    def __init__(
        self, service: str, store: Store, hot: HotPath, connection: Connection, clock: Clock
    ) -> None:
        self.service = service
        self.connection = connection
        self.clock = clock
        table = store.tables.outbox
        self.waiting = hot.query(_waiting(table))
        self.mark = hot.write(marking(table))
        self.nudged = asyncio.Event()
        store.on_commit.append(self.nudged.set)
        connection.on_reconnect.append(self.nudged.set)

    async def run(self) -> None:
        """Publish for ever; a broken connection only delays."""
        jetstream = await self.connection.jetstream()
        await self.connection.ensure_stream(self.service)
        while True:
            self.nudged.clear()
            if not await self.publish_waiting(jetstream):
                await happens(self.nudged, POLL)

    async def drain(self) -> None:
        """Publish everything that is waiting, as far as the broker takes it; used on stop."""
        if not self.connection.up:
            return
        jetstream = await self.connection.jetstream()
        while await self.publish_waiting(jetstream):
            pass

    async def publish_waiting(self, jetstream: JetStreamContext) -> int:
        """Publish one batch in order and mark what was acknowledged; returns how many that were."""
        rows = await self.waiting.all()
        if not rows:
            return 0
        acknowledged = await self._publish(jetstream, rows)
        if acknowledged:
            await self.mark({"ids": acknowledged, "published_at": self.clock.now()})
        if len(acknowledged) < len(rows):
            log.warning(RELAY_WAITING, service=self.service, waiting=len(rows) - len(acknowledged))
            await asyncio.sleep(POLL / 2)
            await self.connection.ensure_stream(self.service)
        return len(acknowledged)

    async def _publish(self, jetstream: JetStreamContext, rows: list[Any]) -> list[str]:
        acks = []
        try:
            for row in rows:
                acks.append((row[0], await self._send(jetstream, row)))
        except (nats.errors.Error, OSError):
            pass  # what was sent is still awaited below; the rest stays in the outbox
        return await _acknowledged(acks)

    async def _send(self, jetstream: JetStreamContext, row: Any) -> Any:
        event, kind, payload, occurred_at, traceparent, publication = row
        envelope = Envelope(event, kind, f"shuzheng/{self.service}", occurred_at, traceparent)
        return await jetstream.publish_async(kind, payload, headers=envelope.headers(publication))


async def _acknowledged(acks: list[tuple[str, asyncio.Future[Any]]]) -> list[str]:
    """Return the events that the broker acknowledged; those without an answer stay in the outbox."""
    if not acks:
        return []
    _, unanswered = await asyncio.wait([ack for _, ack in acks], timeout=PATIENCE)
    for ack in unanswered:
        ack.cancel()
    return [event for event, ack in acks if ack.done() and not ack.cancelled() and ack.exception() is None]


def lag(oldest: datetime | None, now: datetime) -> float:
    """Return the seconds that the oldest unpublished fact has waited."""
    return max((now - oldest).total_seconds(), 0.0) if oldest is not None else 0.0


def _waiting(table: Table) -> Any:
    columns = (
        table.c.id,
        table.c.type,
        table.c.payload,
        table.c.occurred_at,
        table.c.traceparent,
        table.c.publication,
    )
    return (
        select(*columns)
        .where(table.c.published_at.is_(None))
        .order_by(table.c.position)
        .limit(bindparam("batch", BATCH))
    )


def marking(table: Table) -> Any:
    """Return the UPDATE that marks the facts `ids` as published at `published_at`."""
    return update(table).where(in_array(table.c.id, "ids")).values(published_at=bindparam("published_at"))
