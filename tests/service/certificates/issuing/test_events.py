"""Over a real broker: what training and assessment publish becomes certificates, and other services hear of them."""

import asyncio

import nats
import pytest
from shuzheng.certificates.v1 import events_pb2
from sqlalchemy import func, select

from services.kit.events.connection import stream_config


@pytest.fixture
async def jetstream(broker):
    client = await nats.connect(broker.url)
    stream = client.jetstream()
    for service in ("training", "assessment"):
        await stream.add_stream(stream_config(service))
    yield stream
    await client.close()


@pytest.fixture
async def world(open_service, world_of, broker, jetstream):
    return world_of(await open_service("certificates", nats_url=broker.url))


async def publish(world, jetstream, message, event_id="", publication=0):
    about = world.envelope(message, event_id)
    await jetstream.publish(about.type, message.SerializeToString(), headers=about.headers(publication))


async def issued(world, count):
    async with asyncio.timeout(20):
        while len([kind for kind, _ in await world.facts() if kind == "issued"]) < count:
            await asyncio.sleep(0.01)


async def test_events_become_certificates_and_an_event(world, jetstream):
    await publish(world, jetstream, world.completion(1))
    await publish(world, jetstream, world.result(1))
    await issued(world, 2)
    subscription = await jetstream.subscribe("certificates.v1.certificate.issued", deliver_policy="all")
    heard = [
        events_pb2.CertificateIssued.FromString((await subscription.next_msg(10)).data) for _ in range(2)
    ]
    assert {fact.source for fact in heard} == {"institutions/i1/completions/c1", "bodies/b1/results/r1"}
    assert {fact.person for fact in heard} == {"p-1"}
    assert {fact.certificate for fact in heard} == {c.name for c in await world.certificates()}


async def test_a_full_republish_issues_nothing_twice(world, jetstream):
    for publication in range(3):
        for number in range(5):
            about = f"event-{number}"
            await publish(world, jetstream, world.completion(number), about, publication)
    await issued(world, 5)
    await publish(world, jetstream, world.completion(99))
    await issued(world, 6)
    assert len(await world.certificates()) == 6
    assert len(await world.facts()) == 6


async def test_a_broken_event_is_parked_and_holds_nothing_up(world, jetstream):
    await jetstream.publish("training.v1.completion.registered", b"\xff\xff", headers={"ce-id": "x"})
    await publish(world, jetstream, world.completion(1))
    await issued(world, 1)
    parked = world.service.store.tables.parked
    async with asyncio.timeout(10):
        while True:
            async with world.service.store.read() as tx:
                if (await tx.execute(select(func.count()).select_from(parked))).scalar_one() == 1:
                    return
            await asyncio.sleep(0.01)


async def test_a_completion_is_a_certificate_without_the_reaper(open_service, world_of, broker, jetstream):
    settings = {"nats_url": broker.url, "reaper_interval": 3600}
    world = world_of(await open_service("certificates", **settings))
    for number in (1, 2):
        await publish(world, jetstream, world.completion(number))
        await issued(world, number)
