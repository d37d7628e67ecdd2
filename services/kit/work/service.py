"""OperationService, which every service serves beside its own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import status_pb2
from shuzheng.operations.v1 import operation_service_pb2 as messages
from shuzheng.operations.v1 import operation_service_pb2_grpc as services
from shuzheng.operations.v1.operation_pb2 import Operation as Message
from shuzheng.operations.v1.operation_pb2 import OperationState

from services.kit.rpc import enums
from services.kit.rpc.convert import timestamp
from services.kit.storage.operations import Operation
from services.kit.work.operations import Operations

SAME = ("name", "kind", "resource", "subject", "stage", "done", "total", "cancel_requested", "attempts")
TIMES = ("create_time", "update_time", "start_time", "end_time")


class OperationService(services.OperationServiceServicer):
    """Answers whose operations they are."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations

    async def GetOperation(self, request: messages.GetOperationRequest, context: Any) -> Message:
        """Read an operation."""
        return self._whole(await self.operations.get(request.name))

    async def ListOperations(
        self, request: messages.ListOperationsRequest, context: Any
    ) -> messages.ListOperationsResponse:
        """List operations."""
        state = enums.word(OperationState, request.state)
        page = await self.operations.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListOperationsResponse(
            operations=map(self._head, page.rows), next_page_token=page.next_page_token
        )

    async def WatchOperation(
        self, request: messages.WatchOperationRequest, context: Any
    ) -> AsyncIterator[messages.WatchOperationResponse]:
        """Follow an operation to its end."""
        async for row in self.operations.watch(request.name):
            yield messages.WatchOperationResponse(operation=self._whole(row))

    async def CancelOperation(self, request: messages.CancelOperationRequest, context: Any) -> Message:
        """Ask to end an operation early."""
        return self._whole(await self.operations.cancel(request.name))

    def _head(self, row: Operation) -> Message:
        return message(row, self.operations.retention)

    def _whole(self, row: Operation) -> Message:
        """Return an operation with its result or error."""
        found = self._head(row)
        if row.result is not None:
            found.result.CopyFrom(AnyMessage.FromString(row.result))
        if row.error is not None:
            found.error.CopyFrom(status_pb2.Status.FromString(row.error))
        return found


def message(row: Operation, retention: timedelta) -> Message:
    """Return the message of an operation without what came of it."""
    same: dict[str, Any] = {field: getattr(row, field) for field in SAME}
    times: dict[str, Any] = {field: timestamp(getattr(row, field)) for field in TIMES}
    expires = row.end_time + retention if row.end_time is not None else None
    state = enums.number(OperationState, row.state)
    return Message(state=state, expire_time=timestamp(expires), **same, **times)
