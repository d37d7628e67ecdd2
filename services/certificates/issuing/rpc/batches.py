"""BatchService: what two persons release together."""

from collections.abc import AsyncIterator
from typing import Any

from shuzheng.certificates.v1 import batch_service_pb2 as messages
from shuzheng.certificates.v1 import batch_service_pb2_grpc as services
from shuzheng.certificates.v1.batch_pb2 import Batch
from shuzheng.certificates.v1.batch_pb2 import BatchState as StateNumber

from services.certificates.issuing.storage.batches import Choice
from services.certificates.issuing.storage.rows.batches import BatchRow
from services.certificates.issuing.usecases.batches import Batches, Seen
from services.kit.rpc import enums
from services.kit.rpc.call import caller
from services.kit.rpc.convert import date_of, head, timestamp


class BatchService(services.BatchServiceServicer):
    """Answers institutions, bodies and the authority."""

    def __init__(self, batches: Batches) -> None:
        self.batches = batches

    async def CreateBatch(self, request: messages.CreateBatchRequest, context: Any) -> Batch:
        """Propose a batch as the first person."""
        return await self._seen(await self.batches.create(choice_of(request), request.note, caller().subject))

    async def GetBatch(self, request: messages.GetBatchRequest, context: Any) -> Batch:
        """Read one batch."""
        return message(await self.batches.get(request.name, request.owner))

    async def ListBatches(
        self, request: messages.ListBatchesRequest, context: Any
    ) -> messages.ListBatchesResponse:
        """List batches, oldest first."""
        state = enums.word(StateNumber, request.state)
        page = await self.batches.page(
            request.page_size, request.page_token, owner=request.owner, state=state
        )
        return messages.ListBatchesResponse(
            batches=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def ApproveBatch(self, request: messages.ApproveBatchRequest, context: Any) -> Batch:
        """Release a batch as the second person."""
        row = await self.batches.approve(
            request.name, request.owner, request.etag, request.digest, caller().subject
        )
        return await self._seen(row)

    async def RejectBatch(self, request: messages.RejectBatchRequest, context: Any) -> Batch:
        """Reject a batch."""
        row = await self.batches.reject(
            request.name, request.owner, request.etag, request.reason, caller().subject
        )
        return await self._seen(row)

    async def WatchBatch(
        self, request: messages.WatchBatchRequest, context: Any
    ) -> AsyncIterator[messages.WatchBatchResponse]:
        """Stream how far a batch is."""
        async for seen in self.batches.watch(request.name, request.owner):
            yield messages.WatchBatchResponse(batch=message(seen))

    async def _seen(self, row: BatchRow) -> Batch:
        return message(await self.batches.get(row.name, row.owner))


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


def message(seen: Seen) -> Batch:
    """Return the message of a batch."""
    row = seen.row
    return Batch(
        **head(row),
        owner=row.owner,
        state=enums.number(StateNumber, row.state),
        certificate_count=row.certificate_count,
        issued_count=seen.counts.issued,
        withdrawn_count=seen.counts.withdrawn,
        refused_count=seen.counts.refused,
        digest=row.digest,
        note=row.note,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        reject_reason=row.reject_reason,
        decide_time=timestamp(row.decided_at),
        issue_time=timestamp(row.issued_at),
        log_position=row.log_position,
        operation=row.operation,
    )
