"""The certificates service under a policy of release by batch, and the two persons at it."""

import asyncio

from shuzheng.certificates.v1 import batch_service_pb2
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1.batch_service_pb2_grpc import BatchServiceStub
from shuzheng.operations.v1.operation_service_pb2 import WatchOperationRequest
from shuzheng.operations.v1.operation_service_pb2_grpc import OperationServiceStub
from sqlalchemy import select

from services.certificates.log.storage.rows.log import LogLeafRow

BODY = "bodies/b1"
INTENT, ISSUED = pb.CERTIFICATE_STATE_INTENT, pb.CERTIFICATE_STATE_ISSUED
POLICY = """
[[kind]]
kind = "{kind}"
effective_from = 2021-01-01
validity_months = 0
holder_name = "plain"
source = "a decision"
mark = "UNCONFIRMED"
"""
RELEASE = """
[[release]]
kind = "GRADE"
effective_from = 2021-01-01
release = "by_batch"
source = "a decision"
mark = "UNCONFIRMED"
"""


class Desk:
    """One service whose policy releases grade certificates by batch, and the people at it."""

    def __init__(self, world):
        self.world = world

    def staff(self, subject="proposer", tenant=BODY, role="body"):
        return self.world.opened.stub(BatchServiceStub, role, tenant, subject=subject)

    async def propose(self, subject="proposer", **choice):
        request = batch_service_pb2.CreateBatchRequest(owner=BODY, **choice)
        return await self.staff(subject).CreateBatch(request)

    async def approve(self, batch, subject="approver", role="body", **changes):
        values = {"name": batch.name, "owner": BODY, "etag": batch.etag, "digest": batch.digest} | changes
        tenant = BODY if role == "body" else ""
        return await self.staff(subject, tenant, role).ApproveBatch(
            batch_service_pb2.ApproveBatchRequest(**values)
        )

    async def reject(self, batch, subject="approver", reason="名单有误"):
        request = batch_service_pb2.RejectBatchRequest(
            name=batch.name, owner=BODY, etag=batch.etag, reason=reason
        )
        return await self.staff(subject).RejectBatch(request)

    async def get(self, batch):
        return await self.staff().GetBatch(batch_service_pb2.GetBatchRequest(name=batch.name, owner=BODY))

    async def watch(self, batch, **options):
        request = batch_service_pb2.WatchBatchRequest(name=batch.name, owner=BODY)
        return [answer.batch async for answer in self.staff().WatchBatch(request, **options)]

    async def watch_release(self, batch, **options):
        stub = self.world.opened.stub(OperationServiceStub, "body", BODY)
        request = WatchOperationRequest(name=batch.operation)
        return [answer.operation async for answer in stub.WatchOperation(request, **options)]

    async def states(self):
        return {c.source.rpartition("/")[2]: c.state for c in await self.world._list()}

    async def leaves(self):
        async with self.world.service.store.read() as tx:
            rows = await tx.all(select(LogLeafRow).order_by(LogLeafRow.leaf_index))
            return [row.source for row in rows if row.type in {"batch", "issue"}]


async def reaped(desk):
    """Let the reaper have gone over everything a few times."""
    await desk.world.deliver(desk.world.completion(99))
    async with asyncio.timeout(30):
        while (await desk.states())["c99"] != ISSUED:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
