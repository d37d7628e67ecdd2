"""Large question files: a worker imports them, and the caller is told what ImportItems tells of small ones."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from shuzheng.assessment.v1 import bank_service_pb2, item_service_pb2
from shuzheng.assessment.v1.bank_service_pb2_grpc import BankServiceStub
from shuzheng.assessment.v1.item_service_pb2_grpc import ItemServiceStub
from shuzheng.operations.v1 import operation_service_pb2 as operations
from shuzheng.operations.v1.operation_pb2 import OperationState
from shuzheng.operations.v1.operation_service_pb2_grpc import OperationServiceStub

from services.assessment.wiring import open_worker
from services.kit.events import broker
from services.kit.rpc.status import error_of, from_call
from services.kit.work import worker as workers
from tests.support.assessment_bank import BANK, BODY, open_bank, register_body, send_file
from tests.support.question_files import gift

GIFT = item_service_pb2.ITEM_FORMAT_GIFT
SUCCEEDED = OperationState.OPERATION_STATE_SUCCEEDED
COUNTS = ("found", "checked", "imported", "duplicates", "rejected")
LARGE = {"large_file": 10_000, "own_worker": False}


@asynccontextmanager
async def working(opened) -> AsyncIterator[None]:
    """Run a worker beside a service, with a connection of its own to the database."""
    running = await open_worker(opened.service.config, opened.service.clock)
    try:
        yield
    finally:
        await running.stop()


def desk(opened, role: str = "body", tenant: str = BODY):
    """Return a stub for operations."""
    return opened.stub(OperationServiceStub, role, tenant)


async def operation(opened):
    """Return the one operation there is, with its result."""
    found = await desk(opened).ListOperations(operations.ListOperationsRequest(parent=BODY))
    (only,) = found.operations
    return await desk(opened).GetOperation(operations.GetOperationRequest(name=only.name))


async def reaches(opened, done: int) -> str:
    """Wait until the operation has come so far; returns its name."""
    stub = desk(opened)
    async with asyncio.timeout(30):
        while True:
            found = (await stub.ListOperations(operations.ListOperationsRequest(parent=BODY))).operations
            if found and found[0].done >= done:
                return found[0].name
            await asyncio.sleep(0.01)


def counts(answer) -> tuple[int, ...]:
    return tuple(getattr(answer, kind) for kind in COUNTS)


def told(answers) -> tuple:
    """Return everything that a caller learns, without what is new each time it is imported."""
    return (
        [counts(answer) for answer in answers],
        [str(reject) for answer in answers for reject in answer.rejects],
        [str(item.content) for answer in answers for item in answer.items],
        [answer.done for answer in answers],
        b"".join(answer.rejects_file for answer in answers),
        [str(notice) for answer in answers for notice in answer.notices],
    )


@pytest.fixture
async def opened(open_service):
    """The service with an open bank, whose large files wait for a worker."""
    found = await open_service("assessment", **LARGE)
    await register_body(found)
    await open_bank(found)
    return found


@pytest.mark.parametrize("preview", [False, True])
async def test_the_caller_is_told_the_same_by_a_worker(open_service, opened, preview: bool):
    file = gift(240, bad=3) + gift(20)
    async with working(opened):
        first, *answers = await send_file(opened, BANK, file, GIFT, preview=preview)
    assert first.operation.startswith(f"{BODY}/operations/assessment-") and counts(first) == (0, 0, 0, 0, 0)
    small = await open_service("assessment", large_file=len(file), own_worker=False)
    await register_body(small)
    await open_bank(small)
    expected = await send_file(small, BANK, file, GIFT, preview=preview)
    assert told(answers) == told(expected)
    stub = opened.stub(ItemServiceStub, "body", BODY)
    request = item_service_pb2.FollowItemImportRequest(name=first.operation)
    assert told([answer async for answer in stub.FollowItemImport(request)]) == told(expected)
    assert counts(answers[-1]) == (263, 263, 240, 20, 3)
    assert not expected[0].operation, "a small file became an operation"
    assert all(bool(item.name) is not preview for answer in answers for item in answer.items)


async def test_the_result_is_kept_with_its_rejects(opened, monkeypatch):
    monkeypatch.setattr("services.assessment.bank.rpc.item_jobs.MOST_REJECTS", 60)
    async with working(opened):
        await send_file(opened, BANK, gift(150, bad=80), GIFT, subject="author")
    found = await operation(opened)
    result = item_service_pb2.ImportItemsResponse()
    assert found.result.Unpack(result)
    assert counts(result) == (230, 230, 150, 0, 80)
    assert len(result.rejects) == 60 and result.rejects[0].index == 151
    assert (found.state, found.kind, found.resource, found.subject) == (
        SUCCEEDED,
        "item_import",
        BANK,
        "author",
    )
    assert (found.done, found.total) == (230, 230)
    assert found.expire_time.ToDatetime() > found.end_time.ToDatetime() >= found.create_time.ToDatetime()


async def test_who_hangs_up_can_watch_later(opened):
    sending = asyncio.ensure_future(send_file(opened, BANK, gift(300), GIFT))
    name = await reaches(opened, 0)
    sending.cancel()
    async with working(opened):
        watched = desk(opened).WatchOperation(operations.WatchOperationRequest(name=name))
        seen = [answer.operation async for answer in watched]
    assert seen[0].state == OperationState.OPERATION_STATE_QUEUED
    assert (seen[-1].state, seen[-1].done) == (SUCCEEDED, 300)
    assert [each.done for each in seen] == sorted(each.done for each in seen)


async def test_an_import_is_cancelled_in_the_middle(opened):
    async with working(opened):
        sending = asyncio.ensure_future(send_file(opened, BANK, gift(3000), GIFT))
        name = await reaches(opened, 100)
        request = operations.CancelOperationRequest(name=name, request_id=str(uuid.uuid4()))
        assert (await desk(opened).CancelOperation(request)).cancel_requested
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await sending
    assert (error.value.code(), from_call(error.value).reason) == (
        grpc.StatusCode.CANCELLED, "OPERATION_CANCELLED",
    )  # fmt: skip
    found = await operation(opened)
    assert found.state == OperationState.OPERATION_STATE_CANCELLED and 100 <= found.done < 3000
    assert error_of(found.error).reason == "OPERATION_CANCELLED"
    again = await desk(opened).CancelOperation(request)
    assert again.state == found.state


async def test_a_stopped_worker_is_followed_in_the_middle_also_of_a_preview(opened):
    file = b"\n".join((gift(0, bad=1), gift(1000), gift(40, bad=1)))
    sending = asyncio.ensure_future(send_file(opened, BANK, file, GIFT, preview=True))
    async with working(opened):
        await reaches(opened, 200)
    assert 200 <= (await operation(opened)).done < 1042
    async with working(opened):
        _, *answers = await sending
    assert counts(answers[-1]) == (1042, 1042, 1000, 40, 2)
    assert sum(len(answer.items) for answer in answers) == 1000
    opened.service.operations.large = len(file)
    assert told(answers) == told(await send_file(opened, BANK, file, GIFT, preview=True))


async def test_what_cannot_be_imported_is_refused_before_anything_waits(opened):
    await opened.stub(BankServiceStub, "body", BODY).CloseBank(bank_service_pb2.CloseBankRequest(name=BANK))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await send_file(opened, BANK, gift(200), GIFT)
    assert from_call(error.value).reason == "BANK_CLOSED"
    found = await desk(opened).ListOperations(operations.ListOperationsRequest(parent=BODY))
    assert not found.operations


@pytest.mark.parametrize("large", [True, False])
async def test_an_unreadable_file_is_refused_in_the_same_words(open_service, large: bool):
    opened = await open_service("assessment", **LARGE | ({} if large else {"large_file": 10**6}))
    await register_body(opened)
    await open_bank(opened)
    async with working(opened):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await send_file(opened, BANK, b"\xff\xff" * 20_000, GIFT)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.value.details() == (
        "The file is neither a spreadsheet nor text in UTF-8, UTF-16 or GB 18030: line 1 fits none."
    )
    assert from_call(error.value).reason == "UNREADABLE_FILE"


async def test_operations_are_for_their_tenant(opened):
    async with working(opened):
        await send_file(opened, BANK, gift(150), GIFT)
    name = (await operation(opened)).name
    for role, tenant in (
        ("body", "bodies/other"),
        ("institution", "institutions/a"),
        ("candidate", "candidates/a"),
    ):
        stub = desk(opened, role, tenant)
        for call, request in (
            (stub.GetOperation, operations.GetOperationRequest(name=name)),
            (stub.ListOperations, operations.ListOperationsRequest(parent=BODY)),
            (stub.ListOperations, operations.ListOperationsRequest()),
            (stub.CancelOperation, operations.CancelOperationRequest(name=name)),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as error:
                await call(request)
            assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
    everything = await desk(opened, "supervisor", "").ListOperations(operations.ListOperationsRequest())
    assert [each.name for each in everything.operations] == [name]
    wanted = operations.ListOperationsRequest(parent=BODY, state=OperationState.OPERATION_STATE_FAILED)
    assert not (await desk(opened).ListOperations(wanted)).operations


async def test_the_broker_wakes_a_worker_in_another_process(open_service, tmp_path, monkeypatch):
    """Only the broker can: this worker looks by itself once in a thousand seconds."""
    monkeypatch.setattr(workers, "POLL", 1000)
    async with broker.running(tmp_path / "nats") as started:
        opened = await open_service("assessment", **LARGE, nats_url=started.url)
        await register_body(opened)
        await open_bank(opened)
        async with working(opened):
            await asyncio.sleep(1)
            async with asyncio.timeout(20):
                answers = await send_file(opened, BANK, gift(150), GIFT)
    assert counts(answers[-1]) == (150, 150, 150, 0, 0)


async def test_the_embedded_system_brings_a_worker_and_lets_it_go(open_service):
    opened = await open_service("assessment", large_file=10_000, worker_idle=0.2)
    await register_body(opened)
    await open_bank(opened)
    answers = await send_file(opened, BANK, gift(150), GIFT)
    assert counts(answers[-1]) == (150, 150, 150, 0, 0)
