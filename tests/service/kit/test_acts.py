"""Who acts is known wherever something is changed: in a call, in a consumer, in a task of the service."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.kit import telemetry
from services.kit.acts.actor import ACTOR, Actor
from services.kit.events.broker import Broker
from services.kit.events.connection import Connection
from services.kit.events.consumer import Consumed, Consumer
from services.kit.events.envelope import Envelope
from services.kit.storage.store import Transaction
from tests.service.kit import demo
from tests.service.kit.conftest import INSTITUTION, Opened
from tests.support.acts import acts_of

ADDED = "demo.v1.counter.added"


def add(name: str, request_id: str = "") -> object:
    return demo.message("AddToCounterRequest")(name=name, amount=1, request_id=request_id)


async def test_a_call_acts_as_its_caller(served: Opened):
    name, request_id = await served.counter(), str(uuid4())
    for _ in range(2):
        await served.counters(subject="clerk-7").AddToCounter(add(name, request_id))
    _, act = await acts_of(served.service.store, name)
    assert (act.subject, act.roles, act.tenant) == ("clerk-7", ["institution"], INSTITUTION)
    assert (act.method, act.request_id) == ("/demo.v1.CounterService/AddToCounter", request_id)


async def test_a_call_without_a_request_id_is_an_act_as_well(served: Opened):
    name = await served.counter()
    await served.counters(subject="clerk-7").AddToCounter(add(name))
    assert [(act.subject, act.request_id) for act in await acts_of(served.service.store, name)][1:] == [
        ("clerk-7", None)
    ]


async def test_every_message_of_a_stream_acts_as_its_caller(served: Opened):
    name = await served.counter()
    ids = [str(uuid4()), str(uuid4()), ""]
    call = served.counters(subject="clerk-7").AddAll(iter([add(name, one) for one in ids]))
    assert (await call).balance == 3
    _, *added = await acts_of(served.service.store, name)
    assert {act.subject for act in added} == {"clerk-7"}
    assert [act.request_id for act in added][:2] == ids[:2]


async def test_a_consumer_acts_as_the_event(broker: Broker, open_demo, open_mirror, mirror):
    source, actors = await open_demo(nats_url=broker.url), []
    mirror.fail = lambda _message, envelope: actors.append((envelope.id, ACTOR.get()))
    await open_mirror(nats_url=broker.url)
    await source.add(await source.counter())
    await mirror.changed.wait()
    ((event, actor),) = actors
    assert actor == Actor(f"event:{ADDED}", "mirror-from-demo", request_id=event)


async def test_a_task_of_the_service_acts_as_the_service(served: Opened):
    actors = []

    async def look() -> None:
        actors.append(ACTOR.get())

    await served.service._keep_running(look)
    assert (actors[0].subject, actors[0].method.rpartition(".")[2]) == ("service:demo", "look")


@pytest.fixture
def consumer(served: Opened) -> Consumer:
    """A consumer of the demo's own facts, which creates a counter for each."""
    counters = served.servicer.counters

    async def one(tx: Transaction, message: object, envelope: Envelope) -> None:
        await counters.create.within(tx, INSTITUTION, message.counter)

    async def many(tx: Transaction, messages: Sequence[object]) -> None:
        for message in messages:
            await counters.create.within(tx, INSTITUTION, message.counter)

    table = [Consumed(ADDED, demo.CounterAdded, one, many)]
    connection = Connection("", "test", None)
    return Consumer("demo", "demo", table, served.service.store, connection, telemetry.Telemetry())


def event(key: str) -> tuple[Envelope, bytes]:
    envelope = Envelope(f"event-{key}", ADDED, "demo", datetime(2026, 3, 2, tzinfo=UTC))
    return envelope, demo.CounterAdded(counter=key).SerializeToString()


async def test_commands_of_a_consumer_are_acts_of_the_event(consumer: Consumer):
    async with consumer.store.write() as tx:
        await consumer.dispatch(tx, *event("a"))
    (act,) = await acts_of(consumer.store, f"{INSTITUTION}/counters/a")
    assert (act.subject, act.method, act.request_id) == (f"event:{ADDED}", "demo-from-demo", "event-a")
    assert act.details == {}


async def test_commands_of_many_events_at_once_tell_the_first_the_last_and_how_many(consumer: Consumer):
    async with consumer.store.write() as tx:
        await consumer.dispatch_run(tx, [event("a"), event("b")])
    (first,) = await acts_of(consumer.store, f"{INSTITUTION}/counters/a")
    assert (first.request_id, first.details) == ("event-a", {"events": 2, "last": "event-b"})
