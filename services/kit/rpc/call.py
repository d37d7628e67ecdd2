"""One call under way: who calls what, and how it ended."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller: `subject` names the person or machine, `tenant` the resource name that bounds what they see."""

    subject: str
    roles: frozenset[str] = field(default_factory=frozenset)
    tenant: str = ""

    @property
    def anonymous(self) -> bool:
        """Whether no token was given."""
        return self is PUBLIC


PUBLIC = Principal(ANYONE)


class Call:
    """The state of one RPC while the steps of the chain look at it."""

    __slots__ = (
        "code",
        "context",
        "metadata",
        "overdue",
        "plan",
        "principal",
        "reason",
        "request_id",
        "span",
        "started",
    )

    def __init__(self, plan: Any, context: Any, started: float) -> None:
        self.plan = plan
        self.context = context
        self.started = started
        self.metadata: dict[str, str] = {}
        self.principal = PUBLIC
        self.request_id = ""
        self.code = "OK"
        self.reason = ""
        self.overdue = False
        self.span: Any = None


CALL: ContextVar[Call] = ContextVar("call")


def caller() -> Principal:
    """Return who makes the present call."""
    return CALL.get().principal
