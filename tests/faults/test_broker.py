"""The broker is killed in the middle of a stream of facts: nothing is lost and nothing counts twice."""

import asyncio
import shutil

import pytest

from services.kit.events import consumer, relay
from services.kit.events.broker import Broker
from services.kit.events.parking import Parking
from services.kit.waiting import happens
from tests.service.kit import conftest as fixtures
from tests.service.kit.demo import until
from tests.service.kit.test_events import arrives, status, unhandled

open_demo, open_mirror, mirror = fixtures.open_demo, fixtures.open_mirror, fixtures.mirror
FACTS = 120


@pytest.fixture(autouse=True)
def quick_recovery(monkeypatch):
    """Look sooner for what the fault took, so that a test need not wait for the real patience."""
    monkeypatch.setattr(consumer, "PULL_SECONDS", 1)
    monkeypatch.setattr(consumer, "ACK_WAIT", 1.0)
    monkeypatch.setattr(relay, "PATIENCE", 1.0)


@pytest.mark.parametrize("moment", [5, 60, 115])
async def test_a_killed_broker_loses_and_repeats_nothing(tmp_path, open_demo, open_mirror, moment: int):
    broker = Broker(tmp_path / "nats")
    await broker.start()
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.service.connection.connected.wait()
    for number in range(FACTS):
        await source.add(name)
        if number == moment:
            await broker.kill()
    assert broker.process.returncode == -9, "it was killed"
    found = await status(source)
    assert found.waiting > 0, "something was under way"
    assert not found.broker_connected
    await broker.start()
    try:
        await arrives(target, name, FACTS, FACTS)
        found = await status(source)
        assert (found.recorded, (await status(target)).parked) == (FACTS, 0)
    finally:
        await broker.stop()


async def test_a_consumer_that_dies_with_messages_in_hand_gets_them_again(
    tmp_path, open_demo, open_mirror, mirror
):
    broker = Broker(tmp_path / "nats")
    await broker.start()
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    handling = asyncio.Event()

    def die(message, envelope):
        handling.set()
        raise asyncio.CancelledError

    mirror.fail = die
    await source.add(name, 5)
    assert await happens(handling, 10)
    assert await unhandled(broker) == 1
    mirror.fail = lambda message, envelope: None
    await target.service.stop()
    again = await open_mirror(nats_url=broker.url)
    assert again.service is not target.service
    try:
        await arrives(again, name, 5, 1)
    finally:
        await broker.stop()


async def test_a_broker_that_comes_back_without_its_disk_is_given_everything_again(
    tmp_path, open_demo, open_mirror
):
    broker = Broker(tmp_path / "nats")
    await broker.start()
    source, target = await open_demo(nats_url=broker.url), await open_mirror(nats_url=broker.url)
    name = await source.counter()
    await source.add(name, 5)
    await arrives(target, name, 5, 1)
    await broker.kill()
    shutil.rmtree(broker.folder / "jetstream")
    await broker.start()
    try:
        await source.add(name, 7)
        await arrives(target, name, 12, 2)
        assert await Parking(source.service.store, []).republish(None) == 2
        await until(lambda: _published(source))
        await arrives(target, name, 12, 2)
    finally:
        await broker.stop()


async def _published(source) -> bool:
    return (await status(source)).waiting == 0
