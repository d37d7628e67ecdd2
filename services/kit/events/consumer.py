"""A consumer: each fact of another service is handled once, in the transaction that notes its id in the inbox.

Messages are taken in batches, one transaction a batch; only where one fails are they taken singly. What fails is
delivered again with growing delay; after `DELIVERIES` it is parked with its reason, and nothing behind it waits.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import nats
from google.protobuf.message import DecodeError, Message
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from services.kit.acts.actor import Actor, acting
from services.kit.errors import AppError, Kind
from services.kit.events.connection import Connection
from services.kit.events.envelope import Envelope, EnvelopeError
from services.kit.logs import EVENT_PARKED, EVENT_RETRIED, logger
from services.kit.storage.store import Store, Transaction, insert_for
from services.kit.telemetry import Telemetry

BATCH = 256
PULL_SECONDS = 10
ACK_WAIT = 30.0  # seconds until an unacknowledged message comes again
DELIVERIES = 8
BACKOFF = (0.05, 0.2, 1.0, 5.0, 15.0, 30.0, 60.0)  # seconds before the next delivery
TRACE: ContextVar[str] = ContextVar(
    "trace", default=""
)  # of the event being handled, for the facts that follow
log = logger("consumer")


@dataclass(frozen=True, slots=True)
class Consumed:
    """One subject and who handles it, inside the consumer's open transaction.

    `handle_many`, where given, takes several messages of the subject that follow each other.
    """

    subject: str
    message: type[Message]
    handle: Callable[[Transaction, Any, Envelope], Awaitable[None]]
    handle_many: Callable[[Transaction, Sequence[Any]], Awaitable[None]] | None = None


class Consumer:
    """Handles what `source` (another service) publishes, under the durable name of `service`."""

    def __init__(
        self,
        service: str,
        source: str,
        table: Sequence[Consumed],
        store: Store,
        connection: Connection,
        telemetry: Telemetry,
    ) -> None:
        self.service = service
        self.source = source
        self.table = {entry.subject: entry for entry in table if entry.subject.startswith(f"{source}.")}
        self.store = store
        self.connection = connection
        self.telemetry = telemetry
        self.name = f"{service}-from-{source}"
        self.repulling: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Handle messages for ever."""
        await self._ensure()
        client = self.connection.client
        assert client is not None
        subscription = await client.subscribe(client.new_inbox(), pending_msgs_limit=65_536)

        def pull_again() -> None:
            """The broker forgot the open pull together with the connection; who waits gets what comes now."""
            self.repulling = asyncio.ensure_future(self._pull(client, subscription))

        self.connection.on_reconnect.append(pull_again)
        try:
            while True:
                await self._pull(client, subscription)
                await self._handle_until_quiet(subscription)
        finally:
            self.connection.on_reconnect.remove(pull_again)
            if client.is_connected:
                await subscription.unsubscribe()

    async def _ensure(self) -> None:
        jetstream = await self.connection.jetstream()
        stream = await self.connection.ensure_stream(self.source)
        await jetstream.add_consumer(
            stream,
            ConsumerConfig(
                durable_name=self.name,
                ack_policy=AckPolicy.EXPLICIT,
                deliver_policy=DeliverPolicy.ALL,
                ack_wait=ACK_WAIT,
                max_ack_pending=8 * BATCH,
                filter_subjects=sorted(self.table),
            ),
        )

    async def _pull(self, client: Client, subscription: Subscription) -> None:
        """Ask for the next messages; the server answers as they come, or says after a while that none did."""
        request = {"batch": BATCH, "expires": PULL_SECONDS * 10**9}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.source.upper()}.{self.name}"
        await client.publish(subject, json.dumps(request).encode(), subscription.subject)

    async def _handle_until_quiet(self, subscription: Subscription) -> None:
        """Handle batches until the pull is used up or expires."""
        taken = 0
        while taken < BATCH:
            batch, ended = await self._next(subscription)
            if batch:
                await self.handle(batch)
            taken += len(batch)
            if ended:
                return

    async def _next(self, subscription: Subscription) -> tuple[list[Msg], bool]:
        """Return the messages that are there (waiting for one), and whether the pull has ended."""
        try:
            first = await subscription.next_msg(timeout=PULL_SECONDS + 1)
        except (nats.errors.TimeoutError, nats.errors.ConnectionReconnectingError):
            return [], True
        found = [first]
        while subscription.pending_msgs and len(found) < BATCH:
            found.append(await subscription.next_msg(timeout=1))
        messages = [message for message in found if not _is_status(message)]
        if not messages and any(_is_gone(message) for message in found):
            raise ConnectionError(f"the broker no longer knows {self.name}; it is made anew")
        return messages, len(messages) < len(found)

    async def handle(self, batch: Sequence[Msg]) -> None:
        """Handle a batch in one transaction, then acknowledge; where a message fails, take them one by one."""
        for message in batch:
            if message.metadata.num_delivered > 1:
                self.telemetry.redelivered(self.name)
        failures: dict[int, BaseException] = {}
        try:
            await self._together(batch)
        except Exception as error:
            failures = await self._one_by_one(batch, error)
        for position, message in enumerate(batch):
            await self._settle(message, failures.get(position))

    async def _together(self, batch: Sequence[Msg]) -> None:
        """Handle all in one transaction without savepoints: the usual case, where nothing fails."""
        read = [(Envelope.read(message.headers, message.subject), message) for message in batch]
        async with self.store.write() as tx:
            new = await note(tx, self.name, [envelope for envelope, _ in read])
            fresh = []
            for envelope, message in read:
                if envelope.id in new:
                    new.discard(envelope.id)
                    fresh.append((envelope, message.data))
            for _, run in groupby(fresh, key=lambda pair: pair[0].type):
                await self.dispatch_run(tx, list(run))

    async def _one_by_one(self, batch: Sequence[Msg], error: Exception) -> dict[int, BaseException]:
        """Handle each message in a transaction of its own; returns what failed, by position."""
        if len(batch) == 1:
            return {0: error}
        failures: dict[int, BaseException] = {}
        for position, message in enumerate(batch):
            try:
                await self._together([message])
            except Exception as failure:
                failures[position] = failure
        return failures

    async def dispatch_run(self, tx: Transaction, run: Sequence[tuple[Envelope, bytes]]) -> None:
        """Hand over messages of one subject that follow each other, at once where their handler can."""
        entry = self.table.get(run[0][0].type)
        if entry is None or entry.handle_many is None or len(run) == 1:
            for envelope, payload in run:
                await self.dispatch(tx, envelope, payload)
            return
        first = run[0][0]
        TRACE.set(first.traceparent)
        with self.telemetry.handling(entry.subject, first.traceparent), acting(self._actor(first)):
            tx.act.details = {"events": len(run), "last": run[-1][0].id}
            await entry.handle_many(tx, [entry.message.FromString(payload) for _, payload in run])

    async def dispatch(self, tx: Transaction, envelope: Envelope, payload: bytes) -> None:
        """Parse the message and hand it to the use case; raises ValueError for an unknown subject."""
        entry = self.table.get(envelope.type)
        if entry is None:
            raise ValueError(f"{self.name} does not know {envelope.type}")
        TRACE.set(envelope.traceparent)
        with self.telemetry.handling(envelope.type, envelope.traceparent), acting(self._actor(envelope)):
            await entry.handle(tx, entry.message.FromString(payload), envelope)

    def _actor(self, envelope: Envelope) -> Actor:
        return Actor(f"event:{envelope.type}", self.name, request_id=envelope.id)

    async def _settle(self, message: Msg, failure: BaseException | None) -> None:
        """Acknowledge what was handled; give back or park what failed. An outage never parks anything."""
        if failure is None:
            await message.ack()
            return
        deliveries = message.metadata.num_delivered
        if _hopeless(failure) or (deliveries >= DELIVERIES and not _outage(failure)):
            await self._park(message, failure, deliveries)
            await message.ack()
            return
        log.warning(
            EVENT_RETRIED,
            consumer=self.name,
            subject=message.subject,
            deliveries=deliveries,
            exc_info=failure,
        )
        await message.nak(delay=BACKOFF[min(deliveries, len(BACKOFF)) - 1])

    async def _park(self, message: Msg, failure: BaseException, deliveries: int) -> None:
        headers = dict(message.headers or {})
        values = {
            "consumer": self.name,
            "event_id": headers.get("ce-id", f"{self.source}-{message.metadata.sequence.stream}")[:36],
            "type": message.subject,
            "headers": headers,
            "payload": message.data,
            "deliveries": deliveries,
            "reason": f"{type(failure).__name__}: {failure}"[:2000],
        }
        async with self.store.write() as tx:
            statement = insert_for(self.store.database, self.store.tables.parked)
            await tx.execute(statement.values(**values, parked_at=tx.now).on_conflict_do_nothing())
        log.error(EVENT_PARKED, consumer=self.name, subject=message.subject, reason=values["reason"])


async def note(tx: Transaction, consumer: str, envelopes: Sequence[Envelope]) -> set[str]:
    """Note events in the inbox; returns the ids of those that were not there before."""
    table = tx.store.tables.inbox
    values = [
        {"consumer": consumer, "event_id": e.id, "type": e.type, "received_at": tx.now}
        for e in {envelope.id: envelope for envelope in envelopes}.values()
    ]
    statement = insert_for(tx.store.database, table).values(values).on_conflict_do_nothing()
    return set((await tx.execute(statement.returning(table.c.event_id))).scalars())


def _outage(failure: BaseException) -> bool:
    return isinstance(failure, AppError) and failure.kind in {Kind.UNAVAILABLE, Kind.CONFLICT}


def _hopeless(failure: BaseException) -> bool:
    """Tell whether no later delivery can succeed: the bytes or the headers are not ours."""
    return isinstance(failure, DecodeError | EnvelopeError)


def _is_status(message: Msg) -> bool:
    """Tell whether this is the server's word on a pull (404, 408, 409, heartbeat) and no event."""
    return bool(message.headers and "Status" in message.headers)


def _is_gone(message: Msg) -> bool:
    """Tell whether the server says that stream or consumer are not there, as after the loss of its disk."""
    headers = message.headers or {}
    return headers.get("Status") == "503" or "Deleted" in headers.get("Description", "")
