"""Every call passes the same steps in the same order, whatever its shape, by real gRPC."""

import asyncio
import json
from uuid import uuid4

import grpc
import pytest

from services.kit import logs
from services.kit.errors import Kind, Unmet, Violation, exhausted, invalid, precondition, unavailable
from services.kit.rpc.chain import ORDER, Chain, Settings, plan_of
from services.kit.rpc.identity import Verifier
from services.kit.rpc.names import kinds
from services.kit.rpc.status import from_call
from services.kit.telemetry import Telemetry
from services.kit.waiting import happens
from tests.service.kit import demo
from tests.support.people import national_id
from tests.support.statements import statements

Add, Create, Ping = (demo.message(f"{name}Request") for name in ("AddToCounter", "CreateCounter", "Ping"))
Watch, LabelMany, Label = (
    demo.message("WatchCounterRequest"),
    demo.message("LabelRequest"),
    demo.message("Label"),
)
Update, Counter = demo.message("UpdateCounterRequest"), demo.Counter
OURS = "institutions/a/counters"


async def refused(call):
    """Return the AppError of a call that fails."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return from_call(failed.value)


# The order.


def test_the_steps_run_in_their_declared_order(tmp_path):
    chain = Chain(Settings("demo.shuzheng"), Verifier(tmp_path / "jwks.json", "x"), Telemetry())
    assert chain.order() == ORDER


def shapes(stub, name: str):
    """Return one call of each shape to `name`."""
    add = Add(name=name, amount=1)

    async def first(stream):
        async for answer in stream:
            return answer
        return None

    return {
        "unary_unary": lambda: stub.AddToCounter(add),
        "unary_stream": lambda: first(stub.WatchCounter(Watch(name=name, times=1))),
        "stream_unary": lambda: stub.AddAll(iter([add])),
        "stream_stream": lambda: first(stub.Converse(iter([add]))),
    }


SHAPES = ["unary_unary", "unary_stream", "stream_unary", "stream_stream"]


@pytest.mark.parametrize("shape", SHAPES)
async def test_each_shape_answers_and_is_logged_once(served, log, shape: str):
    name = await served.counter()
    answer = await shapes(served.counters(subject="ada"), name)[shape]()
    assert answer.name == name
    await demo.until(lambda: _logged(log, 2))
    line = log.lines(logs.CALL_SERVED)[-1]
    assert (line["code"], line["subject"]) == ("OK", "ada")


async def _logged(log, number: int) -> bool:
    return len(log.lines(logs.CALL_SERVED)) >= number


@pytest.mark.parametrize("shape", SHAPES)
async def test_each_shape_refuses_the_public_another_tenant_and_a_malformed_message(served, shape: str):
    name = await served.counter()
    assert (await refused(shapes(served.counters("public"), name)[shape]())).kind is Kind.UNAUTHENTICATED
    assert (await refused(shapes(served.counters("candidate"), name)[shape]())).reason == "ROLE_NOT_ALLOWED"
    assert (
        await refused(shapes(served.counters(tenant="institutions/ab"), name)[shape]())
    ).reason == "OTHER_TENANT"
    own = served.counters(tenant="institutions/a/counters")
    broken = shapes(own, "institutions/a/counters/" + "x" * 400)[shape]
    assert (await refused(broken())).reason == "INVALID_FIELD"


async def test_a_refused_call_changed_nothing(served):
    name = await served.counter()
    await refused(served.counters(tenant="institutions/ab").AddToCounter(Add(name=name, amount=1)))
    assert (await served.add(name)).balance == 1


async def test_identity_is_asked_before_the_rule_and_the_rule_before_the_shape(served):
    malformed = Add(name="institutions/b/counters/x", amount=-1)
    stub = demo.CounterStub(served.channel)
    bad_token = (("authorization", "Bearer nonsense"),)
    assert (await refused(stub.AddToCounter(malformed, metadata=bad_token))).reason == "UNAUTHENTICATED"
    assert (await refused(served.counters().AddToCounter(malformed))).reason == "OTHER_TENANT"
    inside = Add(name="institutions/a/counters/x", amount=-1)
    assert (await refused(served.counters().AddToCounter(inside))).reason == "INVALID_FIELD"


async def test_a_stream_is_checked_message_by_message(served):
    name = await served.counter()
    requests = [Add(name=name, amount=1), Add(name="institutions/b/counters/one", amount=1)]
    answers = []
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        async for answer in served.counters().Converse(iter(requests)):
            answers.append(answer.balance)
    assert (answers, from_call(failed.value).reason) == ([1], "OTHER_TENANT")


# Shape rules.


async def test_validation_lists_every_field_with_its_path(served):
    error = await refused(served.counters("supervisor").CreateCounter(Create(counter_id="-", request_id="x")))
    assert error.kind is Kind.INVALID
    assert {v.field for v in error.violations} == {"parent", "counter_id", "request_id"}
    assert all(v.reason == "INVALID_FIELD" and v.message for v in error.violations)


async def test_a_violation_inside_a_list_names_its_place(served):
    labels = [Label(name=f"{OURS}/x", word="w"), Label(name=f"{OURS}/y")]
    error = await refused(served.counters().Label(LabelMany(labels=labels)))
    assert [v.field for v in error.violations] == ["labels[1].word"]


async def test_every_element_of_a_list_must_lie_in_the_tenant(served):
    ours, theirs = (Label(name=f"{all_of}/x", word="w") for all_of in (OURS, "institutions/ab/counters"))
    assert (await served.counters().Label(LabelMany(labels=[ours, ours]))).balance == 2
    for labels in ([ours, theirs], []):
        assert (await refused(served.counters().Label(LabelMany(labels=labels)))).reason == "OTHER_TENANT"


# Names.


async def test_every_wrong_name_is_told_with_its_path(served):
    labels = [
        Label(name=f"{OURS}/x", word="w", others=[f"{OURS}/y", "institutions/a/Counters/y"]),
        Label(name=f"{OURS}/X", word="w"),
    ]
    error = await refused(served.counters().Label(LabelMany(labels=labels)))
    assert (error.kind, error.reason) == (Kind.INVALID, "INVALID_NAME")
    assert [v.field for v in error.violations] == ["labels[0].others[1]", "labels[1].name"]
    assert "institutions/{institution}/counters/{counter}" in error.message


async def test_a_wrong_name_is_told_after_the_shape_and_before_any_transaction(served):
    calls = {
        f"{OURS}/nobody": "RESOURCE_NOT_FOUND",
        f"{OURS}/Nobody": "INVALID_NAME",
        f"{OURS}/a/b": "INVALID_NAME",
        f"{OURS}/{'x' * 300}": "INVALID_FIELD",
    }
    began = {}
    for name, reason in calls.items():
        with statements(served.service) as said:
            error = await refused(served.counters().AddToCounter(Add(name=name, amount=1)))
        assert error.reason == reason
        began[name] = sum(statement.startswith("BEGIN") for statement in said)
    assert list(began.values()) == [1, 0, 0, 0], (
        "a good name does open one, so that the count is no blind one"
    )


async def test_each_kind_has_the_patterns_that_it_declares(served):
    watch = served.counters("institution").WatchCounter
    name = await served.counter()
    assert (await watch(Watch(name=name, times=1)).read()).name == name
    assert await refused_stream(watch(Watch(name=f"{OURS}/-", times=1))) == "RESOURCE_NOT_FOUND"
    assert await refused_stream(watch(Watch(name=f"{OURS}/--x/y", times=1))) == "INVALID_NAME"


async def refused_stream(call) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        async for _ in call:
            pass
    return from_call(failed.value).reason


async def test_an_update_names_its_resource_and_what_services_set_is_not_looked_at(served):
    name, stub = await served.counter(), served.counters("supervisor")
    assert (await stub.UpdateCounter(Update(counter=Counter(name=name, last="nonsense")))).name == name
    for nameless in (Counter(), Counter(balance=1), Counter(name=f"{name}/x")):
        error = await refused(stub.UpdateCounter(Update(counter=nameless, update_mask={"paths": ["x"]})))
        assert (error.reason, [v.field for v in error.violations]) == ("INVALID_NAME", ["counter.name"])


async def test_a_method_without_names_has_no_step_for_them(tmp_path):
    chain = Chain(Settings("demo.shuzheng"), Verifier(tmp_path / "jwks.json", "x"), Telemetry())
    methods = demo.service("CounterService").methods_by_name
    known = kinds([demo.service("CounterService").file])
    steps = {name: chain.steps(plan_of(methods[name], known)) for name in ("Ping", "AddToCounter")}
    assert [chain.names in steps[name] for name in steps] == [False, True]


async def test_bytes_that_are_no_message_are_an_invalid_argument(served):
    raw = served.channel.unary_unary("/demo.v1.CounterService/Ping")
    error = await refused(raw(b"\xff\xff\xff"))
    assert error.kind is Kind.INVALID


# Errors.


async def test_details_travel_completely(served):
    async def fail(_request):
        raise precondition("UNMET", "Not yet.", Unmet("HOURS", "3 hours are missing", "learners/a"), name="x")

    served.servicer.on_ping = fail
    error = await refused(served.counters("public").Ping(Ping(), metadata=(("x-request-id", "abc"),)))
    assert (error.kind, error.reason, error.message) == (Kind.PRECONDITION, "UNMET", "Not yet.")
    assert error.unmet == (Unmet("HOURS", "3 hours are missing", "learners/a"),)
    assert error.metadata == {"name": "x", "request_id": "abc"}


async def test_the_largest_refusal_still_reaches_the_client(served):
    async def fail(_request):
        violations = (Violation(f"rows[{n}].national_id", "校验码不正确" * 60, "WRONG") for n in range(500))
        raise invalid("WRONG", "错误" * 1000, *violations, name="名" * 2000)

    served.servicer.on_ping = fail
    error = await refused(served.counters("public").Ping(Ping()))
    assert (error.kind, error.reason) == (Kind.INVALID, "WRONG")
    assert error.violations[0].field == "rows[0].national_id"
    assert len(error.violations) + int(error.metadata["omitted"]) == 500


async def test_an_unknown_exception_leaves_without_its_text_and_is_logged_with_its_trace(served, log):
    async def fail(_request):
        raise RuntimeError(f"password of {national_id(3)}")

    served.servicer.on_ping = fail
    call = served.counters("public").Ping(Ping(), metadata=(("x-request-id", "req-7"),))
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert "req-7" in failed.value.details()
    assert "password" not in str(failed.value)
    (line,) = log.lines(logs.CALL_FAILED)
    assert (line["request_id"], line["level"]) == ("req-7", "error")
    assert "in fail" in line["exception"]
    assert national_id(3) not in json.dumps(line)


async def test_an_outage_is_unavailable_with_a_delay(served):
    async def fail(_request):
        from datetime import timedelta

        raise unavailable("Later.", timedelta(seconds=2.5))

    served.servicer.on_ping = fail
    error = await refused(served.counters("public").Ping(Ping()))
    assert (error.kind, error.retry_after.total_seconds()) == (Kind.UNAVAILABLE, 2.5)


async def test_a_capacity_that_is_exhausted_has_its_own_reason(served):
    async def fail(_request):
        raise exhausted("NO_SEATS", "Full.")

    served.servicer.on_ping = fail
    error = await refused(served.counters("public").Ping(Ping()))
    assert (error.kind, error.reason, error.retry_after) == (Kind.EXHAUSTED, "NO_SEATS", None)


# The access log.


async def test_the_access_log_tells_who_and_how_it_ended_but_no_national_id(served, log):
    number = national_id(9)
    metadata = (("x-request-id", number),)
    await served.counters("public").Ping(Ping(word=number), metadata=metadata)
    await served.add(await served.counter())
    await refused(served.counters(subject=number).AddToCounter(Add(name=f"institutions/{number}", amount=1)))
    await demo.until(lambda: _logged(log, 4))
    served_lines = log.lines(logs.CALL_SERVED)
    assert [line["code"] for line in served_lines] == ["OK", "OK", "OK", "PERMISSION_DENIED"]
    assert served_lines[0]["method"] == "/demo.v1.CounterService/Ping"
    assert number not in log.text()


# Deadlines and cancellation.


async def test_a_call_without_deadline_is_ended_by_the_service(open_demo):
    opened = await open_demo(longest_call=0.2)
    stuck = asyncio.Event()

    async def hang(_request):
        await stuck.wait()

    opened.servicer.on_ping = hang
    error = await refused(opened.counters("public").Ping(Ping()))
    assert error.reason == "DEADLINE_EXCEEDED"
    stuck.set()


async def test_the_clients_deadline_ends_the_work_of_the_service(served):
    ended = asyncio.Event()

    async def hang(_request):
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    served.servicer.on_ping = hang
    error = await refused(served.counters("public").Ping(Ping(), timeout=0.2))
    assert error.kind is Kind.DEADLINE
    assert await happens(ended, 5)


async def test_a_client_that_hangs_up_ends_a_stream(served):
    name = await served.counter()
    call = served.counters().WatchCounter(Watch(name=name, times=-1))
    assert (await call.read()).name == name
    call.cancel()
    assert await happens(served.servicer.cancelled, 5)


# Rates.


async def test_who_calls_too_fast_is_told_when_to_come_again(open_demo):
    opened = await open_demo(public_rate=2, caller_rate=1000)
    outcomes = await asyncio.gather(
        *(opened.counters("public").Ping(Ping()) for _ in range(20)), return_exceptions=True
    )
    errors = [from_call(outcome) for outcome in outcomes if isinstance(outcome, grpc.aio.AioRpcError)]
    assert len(errors) >= 14
    assert {error.reason for error in errors} == {"RATE_LIMITED"}
    assert all(0 < error.retry_after.total_seconds() <= 0.5 for error in errors)
    assert (await opened.counter()).endswith("one"), "a known caller has a limit of its own"


# Idempotency.


async def test_a_request_sent_again_is_done_once_and_other_content_refused(served):
    name, again = await served.counter(), str(uuid4())
    request = Add(name=name, amount=5, request_id=again)
    answers = await asyncio.gather(*(served.counters().AddToCounter(request) for _ in range(5)))
    assert {answer.balance for answer in answers} == {5}
    error = await refused(served.counters().AddToCounter(Add(name=name, amount=6, request_id=again)))
    assert error.reason == "REQUEST_ID_REUSED"
    other = served.counters("supervisor", "")
    assert (await other.AddToCounter(request)).balance == 10, "another caller's ids are other ids"


async def test_a_stream_of_many_commands_under_one_request_id_does_all_of_them_once(served):
    name, again = await served.counter(), str(uuid4())
    requests = [
        Add(name=name, amount=1, request_id=again),
        Add(name=name, amount=2),
        Add(name=name, amount=3),
    ]
    assert [a.balance async for a in served.counters().Converse(iter(requests))] == [1, 3, 6]
    assert [a.balance async for a in served.counters().Converse(iter(requests))] == [6, 6, 6]


async def test_a_stale_etag_is_told_with_the_current_one(served):
    name = await served.counter()
    first = await served.add(name)
    await served.add(name)
    error = await refused(served.counters().AddToCounter(Add(name=name, amount=1, etag=first.etag)))
    assert (error.kind, error.reason, error.metadata["etag"]) == (Kind.CONFLICT, "STALE_ETAG", '"3"')
