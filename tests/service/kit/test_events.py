"""Facts travel from one service to another by a real nats-server: each is handled once, whatever is repeated."""

import asyncio
from uuid import uuid4

import nats
import pytest
from google.protobuf.message import DecodeError
from shuzheng.events.v1 import event_service_pb2 as events
from shuzheng.events.v1 import event_service_pb2_grpc as events_grpc
from sqlalchemy import func, select

from services.kit.errors import precondition
from services.kit.events import consumer
from services.kit.events.broker import Broker, free_port
from services.kit.events.envelope import Envelope
from services.kit.rpc.status import from_call
from tests.service.kit import demo
from tests.service.kit.demo import MirrorRow

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Add = demo.message("AddToCounterRequest")


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch):
    """Deliver again at once, so that a test need not wait for the real delays."""
    monkeypatch.setattr(consumer, "BACKOFF", (0.01, 0.02, 0.02))
    monkeypatch.setattr(consumer, "DELIVERIES", 4)


def operator(opened):
    """Return the operator's stub."""
    return opened.stub(events_grpc.EventServiceStub, "supervisor")


async def mirrored(opened, name: str) -> tuple[int, int]:
    """Return balance and number of events that the mirror has of a counter."""
    async with opened.service.store.read() as tx:
        row = await tx.one(select(MirrorRow).where(MirrorRow.counter == name))
    return (row.balance, row.events) if row else (0, 0)


async def status(opened):
    return await operator(opened).GetEventStatus(events.GetEventStatusRequest())


async def parked(opened) -> list:
    return list((await operator(opened).ListParkedEvents(events.ListParkedEventsRequest())).parked_events)


async def arrives(opened, name: str, balance: int, events: int) -> None:
    async def there() -> bool:
        return await mirrored(opened, name) == (balance, events)

    await demo.until(there)


async def published(opened) -> None:
    async def done() -> bool:
        return (await status(opened)).waiting == 0

    await demo.until(done)


async def test_what_is_committed_is_handled_once(broker: Broker, open_demo, open_mirror, databases):
    source = await open_demo(nats_url=broker.url, database_url=databases.empty())
    target = await open_mirror(nats_url=broker.url, database_url=databases.empty())
    name = await source.counter()
    for amount in (1, 2, 3):
        await source.add(name, amount)
    await arrives(target, name, 6, 3)
    await published(source)
    found = await status(source)
    assert (found.recorded, found.waiting, found.lag_seconds, found.broker_connected) == (3, 0, 0, True)


async def test_a_failed_command_publishes_nothing(broker: Broker, open_demo, open_mirror, mirror):
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    with pytest.raises(Exception, match="read it again"):
        await source.counters().AddToCounter(Add(name=name, amount=1, etag='"9"'))
    await source.add(name, 5)
    await arrives(target, name, 5, 1)
    assert len(mirror.seen) == 1


async def test_the_trace_of_the_call_travels_with_the_fact(broker: Broker, open_demo, open_mirror, mirror):
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    stub = source.stub(_with_trace, "institution", "institutions/a")
    await stub.AddToCounter(Add(name=name, amount=1))
    await arrives(target, name, 1, 1)
    (envelope,) = mirror.seen
    assert (envelope.traceparent, envelope.type) == (TRACE, "demo.v1.counter.added")
    assert (envelope.source, envelope.time) == ("shuzheng/demo", source.service.clock.now())


def _with_trace(caller):
    caller.metadata += (("traceparent", TRACE),)
    return demo.CounterStub(caller)


async def test_a_handler_that_fails_a_few_times_is_tried_again(
    broker: Broker, open_demo, open_mirror, mirror
):
    failures = iter([RuntimeError("not yet"), RuntimeError("not yet")])

    def fail(message, envelope):
        if error := next(failures, None):
            raise error

    mirror.fail = fail
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.add(name, 7)
    await arrives(target, name, 7, 1)
    assert len(mirror.seen) >= 3
    assert (await status(target)).parked == 0


async def test_a_handler_that_never_succeeds_parks_the_message_and_others_pass(
    broker: Broker, open_demo, open_mirror, mirror
):
    def fail(message, envelope):
        if message.amount == 13:
            raise precondition("UNLUCKY", "Thirteen is refused.")

    mirror.fail = fail
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    for amount in (1, 13, 2):
        await source.add(name, amount)
    await arrives(target, name, 3, 2)

    async def is_parked() -> bool:
        return (await status(target)).parked == 1

    await demo.until(is_parked)
    (one,) = await parked(target)
    assert (one.consumer, one.type, one.deliveries) == ("mirror-from-demo", "demo.v1.counter.added", 4)
    assert "UNLUCKY" in one.reason

    with pytest.raises(Exception) as refused:
        await operator(target).RetryParkedEvent(events.RetryParkedEventRequest(event_id=one.event_id))
    assert from_call(refused.value).reason == "UNLUCKY"
    assert len(await parked(target)) == 1, "it stays where it fails again"

    mirror.fail = lambda message, envelope: None
    await operator(target).RetryParkedEvent(events.RetryParkedEventRequest(event_id=one.event_id))
    assert await mirrored(target, name) == (16, 3)
    assert await parked(target) == []
    with pytest.raises(Exception) as gone:
        await operator(target).RetryParkedEvent(events.RetryParkedEventRequest(event_id=one.event_id))
    assert from_call(gone.value).reason == "RESOURCE_NOT_FOUND"


async def test_garbage_is_parked_at_once_and_can_be_dropped(broker: Broker, open_demo, open_mirror):
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.add(name)
    await arrives(target, name, 1, 1)
    client = await nats.connect(broker.url)
    jetstream = client.jetstream()
    now = source.service.clock.now()
    garbage = Envelope(str(uuid4()), "demo.v1.counter.added", "shuzheng/demo", now)
    await jetstream.publish("demo.v1.counter.added", b"\xff\xff", headers=garbage.headers(0))
    await jetstream.publish("demo.v1.counter.added", b"no headers at all")
    await client.close()

    async def both_parked() -> bool:
        return (await status(target)).parked == 2

    await demo.until(both_parked)
    found = await parked(target)
    assert {event.deliveries for event in found} == {1}
    assert any(DecodeError.__name__ in event.reason for event in found)
    for event in found:
        await operator(target).DropParkedEvent(events.DropParkedEventRequest(event_id=event.event_id))
    assert await parked(target) == []
    await source.add(name)
    await arrives(target, name, 2, 2)


async def test_parked_events_come_in_pages(broker: Broker, open_demo, open_mirror, mirror):
    def fail(message, envelope):
        raise DecodeError("all are garbage")

    mirror.fail = fail
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    for _ in range(5):
        await source.add(name)

    async def all_parked() -> bool:
        return (await status(target)).parked == 5

    await demo.until(all_parked)
    found, token = [], ""
    while True:
        request = events.ListParkedEventsRequest(page_size=2, page_token=token)
        page = await operator(target).ListParkedEvents(request)
        found += [event.event_id for event in page.parked_events]
        if not (token := page.next_page_token):
            break
    assert len(found) == len(set(found)) == 5


async def test_republished_facts_are_delivered_again_and_absorbed(broker: Broker, open_demo, open_mirror):
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    for _ in range(3):
        await source.add(name)
    await arrives(target, name, 3, 3)
    await published(source)
    before = await stream_length(broker)
    answer = await operator(source).RepublishEvents(events.RepublishEventsRequest())
    assert answer.events == 3

    async def delivered_again() -> bool:
        return await stream_length(broker) == before + 3 and await unhandled(broker) == 0

    await demo.until(delivered_again)
    assert await mirrored(target, name) == (3, 3)


async def stream_length(broker: Broker) -> int:
    async with await nats.connect(broker.url) as client:
        return (await client.jetstream().stream_info("DEMO")).state.messages


async def unhandled(broker: Broker) -> int:
    async with await nats.connect(broker.url) as client:
        info = await client.jetstream().consumer_info("DEMO", "mirror-from-demo")
    return info.num_pending + info.num_ack_pending


async def test_a_message_whose_acknowledgement_was_lost_is_absorbed(
    broker: Broker, open_demo, open_mirror, mirror, monkeypatch
):
    lost = asyncio.Event()
    settle = consumer.Consumer._settle

    async def lose_first(self, message, failure):
        if not lost.is_set():
            lost.set()
            await message.nak()
        else:
            await settle(self, message, failure)

    monkeypatch.setattr(consumer.Consumer, "_settle", lose_first)
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.add(name, 4)

    async def settled() -> bool:
        return lost.is_set() and await unhandled(broker) == 0

    await demo.until(settled)
    assert await mirrored(target, name) == (4, 1)


async def test_without_the_inbox_a_repeat_would_count_twice(
    broker: Broker, open_demo, open_mirror, monkeypatch
):
    """The negative control of the inbox."""

    async def everything_is_new(tx, name, envelopes):
        return {envelope.id for envelope in envelopes}

    monkeypatch.setattr(consumer, "note", everything_is_new)
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.add(name, 4)
    await arrives(target, name, 4, 1)
    await published(source)
    await operator(source).RepublishEvents(events.RepublishEventsRequest())
    await arrives(target, name, 8, 2)


async def test_the_relay_marks_only_what_the_broker_acknowledged(broker: Broker, open_demo):
    source = await open_demo(nats_url=broker.url)
    await source.service.connection.connected.wait()
    name = await source.counter()
    await source.add(name)
    await published(source)
    async with await nats.connect(broker.url) as client:
        await client.jetstream().delete_stream("DEMO")
    await source.add(name)
    outbox = source.service.store.tables.outbox

    async def waiting() -> int:
        async with source.service.store.read() as tx:
            return await tx.one(
                select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))
            )

    assert await waiting() == 1, "nobody acknowledged it"
    await published(source)
    assert await stream_length(broker) == 1, "it made its stream again and published"


async def test_a_broker_that_comes_later_gets_everything(tmp_path, open_demo, open_mirror):
    port = free_port()
    url = f"nats://127.0.0.1:{port}"
    source, target = await open_demo(nats_url=url), await open_mirror(nats_url=url)
    name = await source.counter()
    for _ in range(20):
        await source.add(name)
    found = await status(source)
    assert (found.waiting, found.broker_connected) == (20, False)
    broker = Broker(tmp_path / "nats", port)
    await broker.start()
    try:
        await arrives(target, name, 20, 20)
    finally:
        await broker.stop()


async def test_stopping_publishes_everything_that_was_acknowledged(broker: Broker, open_demo, open_mirror):
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.service.connection.connected.wait()
    relay = source.service.relay
    for task, made in zip(source.service.tasks, source.service.background, strict=True):
        if made == relay.run:
            task.cancel()
    async with source.service.store.write() as tx:
        for _ in range(600):
            tx.record(demo.Added(name, 1))
    await source.service.stop()
    assert await stream_length(broker) == 600
    await arrives(target, name, 600, 600)


async def test_a_service_without_a_broker_stops_at_once(open_demo):
    source = await open_demo()
    await source.add(await source.counter())
    async with asyncio.timeout(5):
        await source.service.stop()
