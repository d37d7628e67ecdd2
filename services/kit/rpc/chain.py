"""What every call passes: an ordered list of steps that runs as one wrapper around the handler.

Separate interceptors would cost more than the query behind them, so the steps are functions of one `Chain`, and
`ORDER` is what the tests hold it to.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from services.kit.acts.actor import ACTOR, Actor
from services.kit.errors import AppError, Kind, deadline
from services.kit.logs import CALL_FAILED, access_line, logger, mask
from services.kit.rpc.access import Rule, rule_of
from services.kit.rpc.call import CALL, Call
from services.kit.rpc.deadlines import Deadlines
from services.kit.rpc.identity import Verifier
from services.kit.rpc.limits import Limiter
from services.kit.rpc.names import Kinds, Look, looks
from services.kit.rpc.names import check as check_names
from services.kit.rpc.status import CODES, sentence, trailing
from services.kit.rpc.validation import check, reader, unreadable
from services.kit.telemetry import Telemetry

ORDER = (
    "request_id",
    "telemetry",
    "access_log",
    "errors",
    "deadline",
    "identity",
    "access_rule",
    "rate_limit",
    "validation",
    "names",
    "idempotency",
)
Step = Callable[[Call], None]
MessageStep = Callable[[Call, Message], None]
Admission = Callable[[Call, Message | None], None]
UNLIMITED = Limiter(0, 0)
log = logger("rpc")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the chain needs to know of one method, read from its descriptor at start."""

    name: str
    rule: Rule
    has_request_id: bool
    names: tuple[Look, ...]


def plan_of(method: MethodDescriptor, kinds: Kinds) -> Plan:
    """Return the plan of a method; raises LookupError for one without access rule, or a name of unknown kind."""
    service, request = method.containing_service.full_name, method.input_type
    return Plan(
        f"/{service}/{method.name}",
        rule_of(method),
        "request_id" in request.fields_by_name,
        looks(request, kinds),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service configures of the chain; times in seconds, rates in calls a second."""

    domain: str
    longest_call: float = 60.0
    longest_stream: float = 3600.0
    caller_limit: Limiter = UNLIMITED
    public_limit: Limiter = UNLIMITED


class Chain:
    """The steps, in the order of `ORDER`."""

    def __init__(self, settings: Settings, verifier: Verifier, telemetry: Telemetry) -> None:
        self.settings = settings
        self.verifier = verifier
        self.telemetry = telemetry
        self.deadlines = Deadlines()
        self.on_arrival: tuple[Step, ...] = (self.request_id, self.telemetry_begins)
        self.on_headers: tuple[Step, ...] = (self.identity,)
        self.on_message: tuple[MessageStep, ...] = (
            self.access_rule,
            self.rate_limit,
            self.validation,
            self.names,
            self.idempotency,
        )

    # The steps, in order.

    def request_id(self, call: Call) -> None:
        """Take the caller's `x-request-id`, or make one; it is in every log line and error of the call."""
        for key, value in call.context.invocation_metadata() or ():
            call.metadata[key] = value
        given = call.metadata.get("x-request-id", "")
        call.request_id = mask(given[:64]) if given else os.urandom(16).hex()

    def telemetry_begins(self, call: Call) -> None:
        """Start the span and the metrics of the call; nothing where telemetry is off."""
        if self.telemetry.on:
            self.telemetry.begin(call)

    def telemetry_ends(self, call: Call) -> None:
        """End them with the code."""
        if self.telemetry.on:
            self.telemetry.end(call, time.perf_counter() - call.started)

    def access_log(self, call: Call) -> None:
        """Write one line a call: method, code, who, how long; never the content."""
        milliseconds = (time.perf_counter() - call.started) * 1000
        access_line(
            call.plan.name, call.code, call.reason, call.request_id, call.principal.subject, milliseconds
        )

    def identity(self, call: Call) -> None:
        """Learn who calls, and say so to what the call will change."""
        call.principal = self.verifier.principal(call.metadata.get("authorization", ""))
        ACTOR.set(_actor(call))

    def access_rule(self, call: Call, message: Message) -> None:
        """Refuse whom the method's rule does not grant."""
        call.plan.rule.check(call.principal, message)

    def rate_limit(self, call: Call, message: Message) -> None:
        """Refuse callers that come too fast; the public is counted by address."""
        if call.principal.anonymous:
            self.settings.public_limit.take(call.context.peer().rsplit(":", 1)[0], time.monotonic())
        else:
            self.settings.caller_limit.take(call.principal.subject, time.monotonic())

    def validation(self, call: Call, message: Message) -> None:
        """Refuse a message whose shape is wrong."""
        check(message)

    def names(self, call: Call, message: Message) -> None:
        """Refuse a resource name whose shape is wrong."""
        check_names(message, call.plan.names)

    def idempotency(self, call: Call, message: Message) -> None:
        """Hand the request_id to the command that will run."""
        if call.plan.has_request_id and message.request_id:  # type: ignore[attr-defined]
            digest = hashlib.sha256(message.SerializeToString(deterministic=True)).digest()
            request_id = message.request_id  # type: ignore[attr-defined]
            ACTOR.set(_actor(call, request_id, digest))

    # The wrapper.

    def wrap(self, handler: Any, plan: Plan) -> Any:
        """Return `handler` (a grpc method handler) behind the steps."""
        shape = (handler.request_streaming, handler.response_streaming)
        kind = {
            (False, False): (self._unary, "unary_unary", grpc.unary_unary_rpc_method_handler),
            (False, True): (self._answers, "unary_stream", grpc.unary_stream_rpc_method_handler),
            (True, False): (self._collects, "stream_unary", grpc.stream_unary_rpc_method_handler),
            (True, True): (self._converses, "stream_stream", grpc.stream_stream_rpc_method_handler),
        }[shape]
        wrapper, attribute, make = kind
        behavior = wrapper(getattr(handler, attribute), plan, self._admission(plan))
        return make(behavior, reader(handler.request_deserializer), handler.response_serializer)

    def order(self) -> tuple[str, ...]:
        """Return the names of the steps as they run; a test holds this to `ORDER`."""
        arrival = tuple(step.__name__.removesuffix("_begins") for step in self.on_arrival)
        around = ("access_log", "errors", "deadline")  # `_Passage`, from the outside in
        checks = tuple(step.__name__ for step in (*self.on_headers, *self.on_message))
        return (*arrival, *around, *checks)

    def _arrive(self, plan: Plan, context: Any) -> Call:
        call = Call(plan, context, time.perf_counter())
        CALL.set(call)
        for step in self.on_arrival:
            step(call)
        return call

    def steps(self, plan: Plan) -> tuple[MessageStep, ...]:
        """Return the steps of a method's messages: a request without names has none for them."""
        return tuple(step for step in self.on_message if plan.names or step != self.names)

    def _admission(self, plan: Plan) -> Admission:
        steps = self.steps(plan)

        def admit(call: Call, message: Message | None) -> None:
            if message is None:
                raise unreadable()
            for step in steps:
                step(call, message)

        return admit

    def _unary(self, handler: Any, plan: Plan, admit: Admission) -> Any:
        async def unary(request: Message, context: Any) -> Any:
            call = self._arrive(plan, context)
            async with _Passage(self, call, self.settings.longest_call):
                self.identity(call)
                admit(call, request)
                return await handler(request, context)

        return unary

    def _answers(self, handler: Any, plan: Plan, admit: Admission) -> Any:
        async def answers(request: Message, context: Any) -> AsyncIterator[Any]:
            call = self._arrive(plan, context)
            async with _Passage(self, call, self.settings.longest_stream):
                self.identity(call)
                admit(call, request)
                async for response in handler(request, context):
                    yield response

        return answers

    def _collects(self, handler: Any, plan: Plan, admit: Admission) -> Any:
        async def collects(requests: Any, context: Any) -> Any:
            call = self._arrive(plan, context)
            async with _Passage(self, call, self.settings.longest_stream):
                self.identity(call)
                return await handler(_admitted(admit, call, requests), context)

        return collects

    def _converses(self, handler: Any, plan: Plan, admit: Admission) -> Any:
        async def converses(requests: Any, context: Any) -> AsyncIterator[Any]:
            call = self._arrive(plan, context)
            async with _Passage(self, call, self.settings.longest_stream):
                self.identity(call)
                async for response in handler(_admitted(admit, call, requests), context):
                    yield response

        return converses

    async def errors(self, call: Call, error: BaseException) -> None:
        """Answer with the status of `error`; anything that is no AppError leaves as INTERNAL without text."""
        if call.overdue:
            await self._abort(call, deadline("The call took longer than the service allows."))
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            call.code = "CANCELLED"
        elif isinstance(error, AppError):
            await self._abort(call, error)
        elif isinstance(error, Exception) and not isinstance(error, grpc.aio.AbortError):
            await self._internal(call, error)

    async def _internal(self, call: Call, error: Exception) -> None:
        call.code, call.reason = "INTERNAL", type(error).__name__
        log.error(CALL_FAILED, method=call.plan.name, request_id=call.request_id, exc_info=error)
        await call.context.abort(
            grpc.StatusCode.INTERNAL, f"Internal fault; quote request id {call.request_id}."
        )

    async def _abort(self, call: Call, error: AppError) -> None:
        code = CODES[error.kind]
        call.code, call.reason = code.name, error.reason
        if error.kind is Kind.UNAVAILABLE:
            log.warning(
                CALL_FAILED, method=call.plan.name, request_id=call.request_id, exc_info=error.__cause__
            )
        await call.context.abort(
            code, sentence(error.message), trailing(error, self.settings.domain, call.request_id)
        )


def _actor(call: Call, request_id: str = "", fingerprint: bytes = b"") -> Actor:
    who = call.principal
    return Actor(
        who.subject, call.plan.name, who.roles, who.tenant, request_id=request_id, fingerprint=fingerprint
    )


async def _admitted(admit: Admission, call: Call, requests: Any) -> AsyncIterator[Message]:
    async for message in requests:
        admit(call, message)
        yield message


class _Passage:
    """What is around a handler: its deadline, what becomes of its errors, and the last steps of the call."""

    __slots__ = ("call", "chain", "seconds")

    def __init__(self, chain: Chain, call: Call, seconds: float) -> None:
        self.chain = chain
        self.call = call
        self.seconds = seconds

    async def __aenter__(self) -> None:
        self.chain.deadlines.begin(self.call, self.seconds)

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.chain.deadlines.end(self.call)
        try:
            if error is not None:
                await self.chain.errors(self.call, error)
        finally:
            self.chain.access_log(self.call)
            self.chain.telemetry_ends(self.call)
