"""BatchService: what two persons release together."""

from collections.abc import AsyncIterator
from typing import Any

from shuzheng.certificates.v1 import batch_service_pb2 as messages
from shuzheng.certificates.v1 import batch_service_pb2_grpc
from shuzheng.certificates.v1.batch_pb2 import Batch, BatchState

from services.certificates.issuing.domain import batch as domain
from services.certificates.issuing.rpc.certificates import moment
from services.certificates.issuing.storage.batches import Choice
from services.certificates.issuing.storage.rows.batches import BatchRow
from services.certificates.issuing.usecases.batches import Batches, Seen
from services.kit.rpc.call import caller
from services.kit.rpc.convert import date_of, timestamp

STATE_NUMBER = {state.value: BatchState.Value(f"BATCH_STATE_{state}") for state in domain.BatchState}
STATE_WORD = {number: word for word, number in STATE_NUMBER.items()} | {0: ""}


class BatchService(batch_service_pb2_grpc.BatchServiceServicer):
    """Answers institutions, bodies and the authority."""

    def __init__(self, batches: Batches) -> None:
        self.batches = batches

    async def CreateBatch(self, request: messages.CreateBatchRequest, context: Any) -> Batch:
        """Propose a batch as the first person."""
        return await self._message(
            await self.batches.create(choice_of(request), request.note, caller().subject)
        )

    async def GetBatch(self, request: messages.GetBatchRequest, context: Any) -> Batch:
        """Read one batch."""
        return batch_message(await self.batches.get(request.name, request.owner))

    async def ListBatches(
        self, request: messages.ListBatchesRequest, context: Any
    ) -> messages.ListBatchesResponse:
        """List batches, oldest first."""
        state = STATE_WORD[request.state]
        page = await self.batches.page(request.owner, state, request.page_size, request.page_token)
        found = map(batch_message, page.batches)
        return messages.ListBatchesResponse(batches=found, next_page_token=page.next_page_token)

    async def ApproveBatch(self, request: messages.ApproveBatchRequest, context: Any) -> Batch:
        """Release a batch as the second person."""
        row = await self.batches.approve(
            request.name, request.owner, request.etag, request.digest, caller().subject
        )
        return await self._message(row)

    async def RejectBatch(self, request: messages.RejectBatchRequest, context: Any) -> Batch:
        """Reject a batch."""
        row = await self.batches.reject(
            request.name, request.owner, request.etag, request.reason, caller().subject
        )
        return await self._message(row)

    async def WatchBatch(
        self, request: messages.WatchBatchRequest, context: Any
    ) -> AsyncIterator[messages.WatchBatchResponse]:
        """Stream how far a batch is."""
        async for seen in self.batches.watch(request.name, request.owner):
            yield messages.WatchBatchResponse(batch=batch_message(seen))

    async def _message(self, row: BatchRow) -> Batch:
        return batch_message(await self.batches.get(row.name, row.owner))


def choice_of(request: messages.CreateBatchRequest) -> Choice:
    """Return the choice of a request."""
    return Choice(
        owner=request.owner,
        names=tuple(request.certificates),
        occupation=request.occupation,
        direction=request.direction,
        level=request.level,
        awarded_on=date_of(request, "awarded_on"),
    )


def batch_message(seen: Seen) -> Batch:
    """Return a batch as the resource."""
    row = seen.row
    return Batch(
        name=row.name,
        owner=row.owner,
        state=STATE_NUMBER[row.state],
        certificate_count=row.certificate_count,
        issued_count=seen.counts.issued,
        withdrawn_count=seen.counts.withdrawn,
        refused_count=seen.counts.refused,
        digest=row.digest,
        note=row.note,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        reject_reason=row.reject_reason,
        decide_time=moment(row.decided_at),
        issue_time=moment(row.issued_at),
        log_position=row.log_position,
        operation=row.operation,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )
