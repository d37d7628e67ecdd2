"""CompletionService."""

from typing import Any

from shuzheng.training.v1 import completion_pb2, completion_service_pb2, completion_service_pb2_grpc

from services.kit.rpc.convert import date_message, timestamp
from services.training import enums, qualifications
from services.training.completion.storage.rows.completions import CompletionRow
from services.training.completion.usecases.completions import Completions, Outcome
from services.training.tenths import show

STATE = completion_pb2.CompletionState, "COMPLETION_STATE_"


def message(row: CompletionRow) -> completion_pb2.Completion:
    """Return the message of a completion."""
    return completion_pb2.Completion(
        name=row.name,
        enrollment=row.enrollment,
        cohort=row.cohort,
        learner=row.learner,
        person=row.person,
        holder_name=row.holder_name,
        qualification=qualifications.message(row.qualification),
        listing=row.listing,
        hours=show(row.hours),
        exam_score=show(row.exam_score),
        completed_on=date_message(row.completed_on),
        state=enums.value(*STATE, row.state),
        reason=row.reason,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _outcome(found: Outcome) -> completion_service_pb2.CompletionOutcome:
    return completion_service_pb2.CompletionOutcome(
        enrollment=found.enrollment,
        completion=message(found.completion) if found.completion else None,
        unmet=[
            completion_service_pb2.UnmetRequirement(reason=unmet.reason, message=unmet.message)
            for unmet in found.unmet
        ],
    )


class CompletionService(completion_service_pb2_grpc.CompletionServiceServicer):
    """Completions."""

    def __init__(self, completions: Completions) -> None:
        self.completions = completions

    async def RegisterCompletion(self, request: Any, context: Any) -> Any:
        """Register one."""
        return message(await self.completions.register(request.enrollment))

    async def BatchRegisterCompletions(self, request: Any, context: Any) -> Any:
        """Register many, each by itself."""
        found = await self.completions.register_many(request.parent, list(request.enrollments))
        registered = sum(outcome.completion is not None for outcome in found)
        return completion_service_pb2.BatchRegisterCompletionsResponse(
            outcomes=map(_outcome, found), registered=registered, refused=len(found) - registered
        )

    async def GetCompletion(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.completions.get(request.name))

    async def ListCompletions(self, request: Any, context: Any) -> Any:
        """List those of an institution."""
        page = await self.completions.page(
            request.parent,
            request.cohort,
            enums.word(*STATE, request.state),
            request.page_size,
            request.page_token,
        )
        return completion_service_pb2.ListCompletionsResponse(
            completions=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def WithdrawCompletion(self, request: Any, context: Any) -> Any:
        """Withdraw one."""
        return message(await self.completions.withdraw(request.name, request.etag, request.reason))
