"""Workers are killed in the middle of an import; in the end every question is there, and was taken once."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import grpc
import pytest
from shuzheng.assessment.v1 import item_service_pb2
from shuzheng.operations.v1 import operation_service_pb2 as operations
from shuzheng.operations.v1.operation_pb2 import OperationState
from shuzheng.operations.v1.operation_service_pb2_grpc import OperationServiceStub
from sqlalchemy import select

from services.assessment.bank.storage.rows.items import ItemRow
from services.kit.events.broker import Broker
from services.kit.storage.database import Database
from tests.support.assessment_bank import BODY, open_bank, register_body, send_file
from tests.support.databases import Databases
from tests.support.processes import RECONNECT, ServiceProcess
from tests.support.question_files import gift
from tests.support.services import Caller
from tests.support.tokens import credentials

pytestmark = pytest.mark.timeout(240)
QUESTIONS = 5000
GIFT = item_service_pb2.ITEM_FORMAT_GIFT


class World:
    """The assessment service with broker and database, and what tests see of its operations."""

    def __init__(self, folder: Path, url: str, broker: Broker, **settings: object):
        common = {"database_url": url, "nats_url": broker.url, "grace": 1, "worker_silence": 1} | settings
        self.keys = folder / "keys"
        self.url = url
        self.service = ServiceProcess("assessment", folder, common)
        self.worker = ServiceProcess("assessment", folder, common, program="worker")
        self.channel = grpc.aio.insecure_channel(self.service.address, options=RECONNECT)
        self.seen: list[tuple[int, int]] = []

    def stub(self, kind, role, tenant="", *, subject=""):
        return kind(Caller(self.channel, credentials(self.keys, role, tenant, subject=subject)))

    async def operation(self):
        """Return the one operation there is, or None."""
        stub = self.stub(OperationServiceStub, "body", BODY)
        found = await stub.ListOperations(operations.ListOperationsRequest(parent=BODY))
        return found.operations[0] if found.operations else None

    async def further(self) -> None:
        """Wait until the operation has come further than at the last look, and is not at its end."""
        before = self.seen[-1][0] if self.seen else 0
        while True:
            found = await self.operation()
            if found is not None and found.done > before:
                self.seen.append((found.done, found.total))
                return
            await asyncio.sleep(0.005)

    async def stored(self) -> Counter:
        """Return how often each content is in the bank."""
        database = Database(self.url)
        async with database.session(write=False) as session:
            found = Counter((await session.execute(select(ItemRow.content_hash))).scalars())
        await database.close()
        return found

    async def close(self) -> None:
        await self.channel.close()
        for process in (self.worker, self.service):
            if process.alive:
                await asyncio.to_thread(process.stop)


@pytest.fixture
async def open_world(tmp_path: Path, databases: Databases):
    """Gives the function that opens the world."""
    opened: list[World] = []
    broker = Broker(tmp_path / "nats")
    await broker.start()

    async def open_one(**settings: object) -> World:
        opened.append(World(tmp_path, await databases.migrated("assessment"), broker, **settings))
        await opened[-1].service.start()
        await register_body(opened[-1])
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()
    await broker.stop()


def everything_once(answers, stored: Counter) -> None:
    """Hold the stream and the bank to every question, taken once and told once."""
    assert len(stored) == QUESTIONS
    assert set(stored.values()) == {1}
    names = [item.name for answer in answers for item in answer.items]
    assert len(names) == len(set(names)) == QUESTIONS
    last = answers[-1]
    assert (last.done, last.found, last.imported, last.duplicates, last.rejected) == (
        True, QUESTIONS, QUESTIONS, 0, 0,
    )  # fmt: skip


async def test_killed_in_the_middle_again_and_again(open_world):
    world = await open_world(own_worker=False)
    bank = await open_bank(world)
    importing = asyncio.ensure_future(send_file(world, bank, gift(QUESTIONS), GIFT))
    for _ in range(4):
        await world.worker.start()
        await world.further()
        world.worker.kill()
    await world.worker.start()
    everything_once(await importing, await world.stored())
    assert all(0 < done < total == QUESTIONS for done, total in world.seen), world.seen
    assert world.seen == sorted(set(world.seen)), "a worker began anew"
    ended = await world.operation()
    assert ended.state == OperationState.OPERATION_STATE_SUCCEEDED


def children(process: ServiceProcess) -> list[int]:
    """Return the process ids of a process's children."""
    assert process.process
    pid = process.process.pid
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def test_a_child_that_is_killed_is_followed_by_another_one(open_world):
    world = await open_world(worker_idle=0.5)
    bank = await open_bank(world)
    assert children(world.service) == [], "a worker before there was work"
    importing = asyncio.ensure_future(send_file(world, bank, gift(QUESTIONS), GIFT))
    await world.further()
    (first,) = children(world.service)
    os.kill(first, signal.SIGKILL)
    everything_once(await importing, await world.stored())
    assert all(0 < done < total for done, total in world.seen), world.seen
    while children(world.service):
        await asyncio.sleep(0.1)


async def test_a_child_ends_with_its_parent(open_world):
    world = await open_world()
    bank = await open_bank(world)
    importing = asyncio.ensure_future(send_file(world, bank, gift(QUESTIONS), GIFT))
    await world.further()
    (child,) = children(world.service)
    world.service.kill()
    with pytest.raises(grpc.RpcError):
        await importing
    while Path(f"/proc/{child}").exists():
        await asyncio.sleep(0.05)
    before = sum((await world.stored()).values())
    assert 0 < before < QUESTIONS
    await world.service.start()  # whose worker goes on without anybody asking
    while (await world.operation()).state != OperationState.OPERATION_STATE_SUCCEEDED:
        await asyncio.sleep(0.1)
    stored = await world.stored()
    assert len(stored) == QUESTIONS and set(stored.values()) == {1}
