"""The release of a batch is an operation: it is watched like any other, and done where the keys are."""

import grpc
import pytest
from shuzheng.certificates.v1 import batch_pb2
from shuzheng.operations.v1 import operation_service_pb2 as operations
from shuzheng.operations.v1.operation_pb2 import OperationState
from shuzheng.operations.v1.operation_service_pb2_grpc import OperationServiceStub

from services.certificates.issuing.usecases.issuance import Issuance
from services.kit.rpc.status import from_call
from tests.support.crashes import dies
from tests.support.release import BODY

RUNNING, SUCCEEDED = OperationState.OPERATION_STATE_RUNNING, OperationState.OPERATION_STATE_SUCCEEDED


def stub(desk, role="body", tenant=BODY):
    return desk.world.opened.stub(OperationServiceStub, role, tenant)


async def listed(desk):
    return list((await stub(desk).ListOperations(operations.ListOperationsRequest(parent=BODY))).operations)


async def test_the_release_is_watched_to_its_end(desk):
    await desk.world.deliver_together(*(desk.world.result(number) for number in range(200)))
    batch = await desk.propose()
    assert batch.operation == "" and await listed(desk) == []
    approved = await desk.approve(batch)
    assert approved.operation.startswith(f"{BODY}/operations/certificates-")
    seen = await desk.watch_release(approved)
    assert (seen[-1].state, seen[-1].done, seen[-1].total) == (SUCCEEDED, 200, 200)
    assert (seen[-1].kind, seen[-1].resource, seen[-1].subject) == ("batch_release", batch.name, "approver")
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert (await desk.get(batch)).state == batch_pb2.BATCH_STATE_ISSUED


async def test_its_progress_is_that_of_the_batch_while_it_runs(desk_life, monkeypatch):
    desk = await desk_life()
    await desk.world.deliver(*(desk.world.result(number) for number in range(3)))
    batch = await desk.propose()
    monkeypatch.setattr(Issuance, "sign", dies)
    approved = await desk.approve(batch)
    (running,) = await listed(desk)
    assert (running.state, running.stage, running.done, running.total) == (RUNNING, "SIGNING", 0, 3)
    await desk.world.deliver(desk.world.annulment(1))  # withdrawn before it was signed
    (running,) = await listed(desk)
    assert (running.state, running.done) == (RUNNING, 1)
    monkeypatch.undo()
    desk = await desk_life()
    assert (await desk.watch_release(approved))[-1].state == SUCCEEDED, "a crash was not made good"


async def test_what_is_refused_a_signature_keeps_it_waiting(desk):
    await desk.world.deliver(desk.world.result(1, holder_name="张\U000323af"), desk.world.result(2))
    batch = await desk.approve(await desk.propose())
    await desk.watch(batch)
    (waiting,) = await listed(desk)
    assert (waiting.state, waiting.stage, waiting.done, waiting.total) == (RUNNING, "REFUSED", 1, 2)


async def test_nobody_stops_a_release(desk_life, monkeypatch):
    desk = await desk_life()
    await desk.world.deliver(desk.world.result(1))
    monkeypatch.setattr(Issuance, "sign", dies)
    batch = await desk.approve(await desk.propose())
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub(desk).CancelOperation(operations.CancelOperationRequest(name=batch.operation))
    assert from_call(error.value).reason == "NOT_CANCELLABLE"
    with pytest.raises(grpc.aio.AioRpcError) as error:
        request = operations.GetOperationRequest(name=batch.operation)
        await stub(desk, "body", "bodies/other").GetOperation(request)
    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
