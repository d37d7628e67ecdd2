"""The RPCs of a lifecycle: each is one step of its table, a decision gives a reason as well.

    MOVES = Moves(Sites, message)

    class SiteService(SiteServiceServicer):
        def __init__(self, sites: Sites) -> None:
            self.lifecycle = sites

        AdmitSite = MOVES.step(SiteAction.ADMIT)
        SuspendSite = MOVES.decision(SiteAction.SUSPEND)

mypy refuses an action of another noun, and a decision whose request has no reason.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar, cast

from services.kit.resource import Action, Lifecycle, Row

Message = TypeVar("Message", covariant=True)


class StepRequest(Protocol):
    """What every step says."""

    @property
    def name(self) -> str:
        """The resource."""

    @property
    def etag(self) -> str:
        """The version that the step rests on; "" for whatever is current."""


class DecisionRequest(StepRequest, Protocol):
    """What a decision says beside."""

    @property
    def reason(self) -> str:
        """Why."""


class Step(Protocol[Message]):
    """The method that answers a step."""

    def __call__(self, request: StepRequest, context: Any) -> Awaitable[Message]:
        """Take it."""


class Decision(Protocol[Message]):
    """The method that answers a decision."""

    def __call__(self, request: DecisionRequest, context: Any) -> Awaitable[Message]:
        """Take it."""


class Moves(Generic[Row, Action, Message]):
    """Makes the methods of a servicer whose `lifecycle` is of this kind."""

    def __init__(self, kind: type[Lifecycle[Row, Action]], message: Callable[[Row], Message]) -> None:
        self.message = message

    def step(self, action: Action) -> Step[Message]:
        """Return the method of a step that needs nothing but the resource."""

        async def step(servicer: Any, request: StepRequest, context: Any) -> Message:
            """Take one step of the lifecycle."""
            return self.message(await servicer.lifecycle.move(request.name, request.etag, action))

        return cast("Step[Message]", step)

    def decision(self, action: Action) -> Decision[Message]:
        """Return the method of a step that says why."""

        async def decision(servicer: Any, request: DecisionRequest, context: Any) -> Message:
            """Take one step of the lifecycle, with its reason."""
            row = await servicer.lifecycle.move(request.name, request.etag, action, request.reason)
            return self.message(row)

        return cast("Decision[Message]", decision)
