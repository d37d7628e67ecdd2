"""CompletionService."""

from typing import Any

from shuzheng.training.v1 import completion_service_pb2 as messages
from shuzheng.training.v1 import completion_service_pb2_grpc as services
from shuzheng.training.v1.completion_pb2 import Completion
from shuzheng.training.v1.completion_pb2 import CompletionState as StateNumber

from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, head
from services.kit.rpc.moves import Moves
from services.training.completion.domain.completion import CompletionAction
from services.training.completion.storage.rows.completions import CompletionRow
from services.training.completion.usecases.completions import Completions, Outcome
from services.training.names import check_below
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


def message(row: CompletionRow) -> Completion:
    """Return the message of a completion."""
    return Completion(
        **head(row),
        enrollment=row.enrollment,
        cohort=row.cohort,
        learner=row.learner,
        person=row.person,
        holder_name=row.holder_name,
        qualification=qualification_message(row.qualification),
        listing=row.listing,
        hours=tenths.show(row.hours),
        exam_score=tenths.show(row.exam_score),
        completed_on=date_message(row.completed_on),
        state=enums.number(StateNumber, row.state),
        reason=row.reason,
    )


def _outcome(found: Outcome) -> messages.CompletionOutcome:
    return messages.CompletionOutcome(
        enrollment=found.enrollment,
        completion=message(found.completion) if found.completion else None,
        unmet=[
            messages.UnmetRequirement(reason=unmet.reason, message=unmet.message) for unmet in found.unmet
        ],
    )


MOVES = Moves(Completions, message)


class CompletionService(services.CompletionServiceServicer):
    """Completions."""

    def __init__(self, completions: Completions) -> None:
        self.completions = self.lifecycle = completions

    async def RegisterCompletion(
        self, request: messages.RegisterCompletionRequest, context: Any
    ) -> Completion:
        """Register one."""
        return message(await self.completions.register(request.enrollment))

    async def BatchRegisterCompletions(
        self, request: messages.BatchRegisterCompletionsRequest, context: Any
    ) -> messages.BatchRegisterCompletionsResponse:
        """Register many, each by itself."""
        found = await self.completions.register_many(request.parent, list(request.enrollments))
        registered = sum(outcome.completion is not None for outcome in found)
        return messages.BatchRegisterCompletionsResponse(
            outcomes=map(_outcome, found), registered=registered, refused=len(found) - registered
        )

    async def GetCompletion(self, request: messages.GetCompletionRequest, context: Any) -> Completion:
        """Read one."""
        return message(await self.completions.get(request.name))

    async def ListCompletions(
        self, request: messages.ListCompletionsRequest, context: Any
    ) -> messages.ListCompletionsResponse:
        """List those of an institution."""
        if request.cohort:
            check_below(request.parent, request.cohort, "cohort")
        page = await self.completions.page(
            request.page_size,
            request.page_token,
            parent=request.parent,
            cohort=request.cohort,
            state=enums.word(StateNumber, request.state),
        )
        return messages.ListCompletionsResponse(
            completions=map(message, page.rows), next_page_token=page.next_page_token
        )

    WithdrawCompletion = MOVES.decision(CompletionAction.WITHDRAW)
