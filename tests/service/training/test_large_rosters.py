"""Large rosters: a worker imports them, and the caller is told what ImportRoster tells of small ones."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from shuzheng.operations.v1 import operation_service_pb2 as operations
from shuzheng.operations.v1.operation_pb2 import OperationState
from shuzheng.operations.v1.operation_service_pb2_grpc import OperationServiceStub
from shuzheng.training.v1 import enrollment_service_pb2 as enrollments
from shuzheng.training.v1 import roster_service_pb2
from sqlalchemy import select

from services.kit.rpc.status import from_call
from services.training.wiring import open_worker
from tests.support.people import person

A = "institutions/a"
ROWS = 3500  # in four slices
LARGE = {"large_file": 10_000, "own_worker": False}
pytestmark = pytest.mark.parametrize("world", [LARGE], indirect=True)


def roster(rows: int, *bad: tuple[str, str], misnamed: int = 0) -> bytes:
    """Return a CSV file of so many people, then bad rows; one person, where given, is called otherwise."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["姓名", "身份证号", "报名日期"])
    for number in range(1, rows + 1):
        who = person(number)
        lines.writerow([who.display_name if number != misnamed else "另一人", who.national_id, "2026-03-01"])
    lines.writerows([name, number, "2026-03-01"] for name, number in bad)
    return out.getvalue().encode("gbk")


@asynccontextmanager
async def working(world) -> AsyncIterator[None]:
    """Run a worker beside the service."""
    running = await open_worker(world.service.config, world.service.clock)
    try:
        yield
    finally:
        await running.stop()


@pytest.fixture
async def cohort(world):
    name = (await world.cohort(capacity=100_000)).name
    await world.to_enrolling(name)
    return name


def desk(world):
    return world.opened.stub(OperationServiceStub, "institution", A)


async def operation(world):
    found = (await desk(world).ListOperations(operations.ListOperationsRequest(parent=A))).operations
    return await desk(world).GetOperation(operations.GetOperationRequest(name=found[-1].name))


async def imported(world, done: int) -> None:
    """Wait until so many rows are imported."""
    async with asyncio.timeout(30):
        while True:
            found = (await desk(world).ListOperations(operations.ListOperationsRequest(parent=A))).operations
            if found and found[-1].stage == "IMPORTING" and found[-1].done >= done:
                return
            await asyncio.sleep(0.01)


def told(result) -> tuple:
    progress = [(p.stage, p.rows_done, p.rows_total) for p in result.progress]
    notices = [str(notice) for notice in result.notices]
    return progress, [str(r) for r in result.rejects], result.rejects_file, notices, str(result.summary)


@pytest.mark.parametrize("dry_run", [True, False])
async def test_the_caller_is_told_the_same_by_a_worker(world, cohort, dry_run: bool):
    known = (await world.learner(1700)).display_name
    assert known != "另一人"
    content = roster(ROWS, ("甲", "123"), (person(5).display_name, person(5).national_id), misnamed=1700)
    world.service.operations.large = len(content)
    small = await world.import_roster(cohort, content, dry_run=True)
    world.service.operations.large = 0
    async with working(world):
        large = await world.import_roster(cohort, content, dry_run=dry_run)
    small.summary.dry_run = dry_run
    assert told(large) == told(small)
    assert large.counts == (ROWS + 2, ROWS - 1, ROWS - 1, 0, 3)
    assert [r.reason for r in large.rejects] == ["NAME_MISMATCH", "INVALID_NATIONAL_ID", "DUPLICATE_ROW"]
    result = roster_service_pb2.ImportRosterResponse()
    assert (await operation(world)).result.Unpack(result)
    assert result.summary == large.summary and list(result.rejects) == large.rejects
    assert result.notices == large.notices


async def test_who_hung_up_is_told_the_same_again(world, cohort, refused):
    async with working(world):
        large = await world.import_roster(cohort, roster(ROWS, ("甲", "123")))
    name = (await operation(world)).name
    request = roster_service_pb2.FollowRosterImportRequest(name=name)
    answers = [answer async for answer in world.a.rosters.FollowRosterImport(request)]
    assert b"".join(answer.rejects_file for answer in answers) == large.rejects_file != b""
    assert answers[-1].summary == large.summary
    with refused() as refusal:
        _ = [answer async for answer in world.b.rosters.FollowRosterImport(request)]
    assert refusal.reason == "OTHER_TENANT"
    with refused() as refusal:
        request.name = name.replace("training-", "training-0")
        _ = [answer async for answer in world.a.rosters.FollowRosterImport(request)]
    assert refusal.reason == "RESOURCE_NOT_FOUND"


async def test_refused_rows_wait_sealed_too(world, cohort):
    name, number = "甲", person(7).national_id.replace("1", "7", 1)
    async with working(world):
        large = await world.import_roster(cohort, roster(ROWS, (name, number)))
    assert number.encode() in large.rejects_file
    async with world.service.store.read() as tx:
        steps = await tx.all(select(world.service.store.operations.steps.c.answer))
    assert len(steps) > 2 and not [step for step in steps if number.encode() in (step or b"")]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_stopped_worker_is_followed_in_the_middle(world, cohort, dry_run: bool):
    sending = asyncio.ensure_future(
        world.import_roster(cohort, roster(ROWS, misnamed=3) + roster(1), dry_run=dry_run)
    )
    async with working(world):
        await imported(world, 1000)
    found = await operation(world)
    assert 1000 <= found.done < ROWS and found.state == OperationState.OPERATION_STATE_QUEUED
    async with working(world):
        result = await sending
    assert result.counts == (ROWS + 1, ROWS, ROWS, 0, 1)
    assert result.rejects_file.decode("utf-8-sig").count("\r\n") == 2
    page = enrollments.ListEnrollmentsRequest(parent=cohort, page_size=1000)
    listed = len((await world.a.enrollments.ListEnrollments(page)).enrollments)
    assert listed == (0 if dry_run else 1000)


async def test_the_file_waits_sealed(world, cohort):
    content = roster(300)
    sending = asyncio.ensure_future(world.import_roster(cohort, content))
    inputs = world.service.store.operations.inputs
    kept = None
    while kept is None:
        async with world.service.store.read() as tx:
            kept = await tx.one(select(inputs.c.content))
        await asyncio.sleep(0.01)
    assert person(7).national_id.encode() in content
    assert person(7).national_id.encode() not in kept and len(kept) >= len(content)
    async with working(world):
        assert (await sending).counts == (300, 300, 300, 0, 0)
    async with world.service.store.read() as tx:
        assert await tx.one(select(inputs.c.content)) is None


async def test_a_cohort_that_takes_nobody_in_is_refused_before_anything_waits(world):
    planned = (await world.cohort("planned")).name
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await world.import_roster(planned, roster(300))
    assert from_call(error.value).reason == "COHORT_STATE"
    found = await desk(world).ListOperations(operations.ListOperationsRequest(parent=A))
    assert not found.operations


async def test_an_unreadable_file_is_refused_by_the_worker(world, cohort):
    async with working(world):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await world.import_roster(cohort, b"no header\n" * 2000)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert from_call(error.value).reason == "UNREADABLE_FILE"
