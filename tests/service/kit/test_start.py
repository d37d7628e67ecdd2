"""What keeps a service from starting, what it offers beside its own methods, and how it stops."""

import asyncio
import socket

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from services.kit import runtime
from services.kit.rpc.chain import Chain, Settings
from services.kit.rpc.identity import Verifier
from services.kit.rpc.server import Listener, Server
from services.kit.telemetry import Telemetry
from services.kit.waiting import happens
from tests.service.kit import demo

Ping = demo.message("PingRequest")


@pytest.mark.parametrize(
    ("service", "complaint"),
    [
        ("UnruledService", "Forgotten declares no access rule"),
        ("NoRoleService", "Nobody grants access to no role"),
        ("WrongPathService", "labels.parent is no field"),
        ("MessagePathService", "labels holds no resource name"),
        ("UnknownKindService", "names a demo.shuzheng/Nothing, which no file declares"),
    ],
)
def test_a_method_without_a_sound_rule_stops_the_start(tmp_path, service: str, complaint: str):
    chain = Chain(Settings("demo.shuzheng"), Verifier(tmp_path / "jwks.json", "x"), Telemetry())
    with pytest.raises(LookupError, match=complaint):
        Server([demo.servicer(service, object())], chain, Listener("127.0.0.1:0", 2**20))


async def test_a_taken_port_stops_the_start(open_demo):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="is taken"):
            await open_demo(listen=f"127.0.0.1:{taken.getsockname()[1]}")


async def health(channel) -> int:
    stub = health_pb2_grpc.HealthStub(channel)
    return (await stub.Check(health_pb2.HealthCheckRequest(service="demo.v1.CounterService"))).status


async def test_health_and_reflection_are_on(served):
    assert await health(served.channel) == health_pb2.HealthCheckResponse.SERVING
    stub = reflection_pb2_grpc.ServerReflectionStub(served.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    async for answer in stub.ServerReflectionInfo(iter([request])):
        names = {service.name for service in answer.list_services_response.service}
        break
    everywhere = {"shuzheng.events.v1.EventService", "shuzheng.operations.v1.OperationService"}
    assert {"demo.v1.CounterService"} | everywhere <= names


async def test_health_follows_the_database_and_not_the_broker(open_demo, monkeypatch):
    monkeypatch.setattr(runtime, "READINESS", 0.01)
    opened = await open_demo()
    assert not opened.service.connection.up
    assert await health(opened.channel) == health_pb2.HealthCheckResponse.SERVING
    answers = {"ready": False}

    async def ready() -> bool:
        return answers["ready"]

    monkeypatch.setattr(opened.service.database, "ready", ready)

    async def is_now(status: int) -> bool:
        return await health(opened.channel) == status

    await demo.until(lambda: is_now(health_pb2.HealthCheckResponse.NOT_SERVING))
    answers["ready"] = True
    await demo.until(lambda: is_now(health_pb2.HealthCheckResponse.SERVING))


async def test_stopping_finishes_calls_that_run_and_refuses_new_ones(open_demo):
    opened = await open_demo(grace=10)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(_request):
        entered.set()
        await leave.wait()

    opened.servicer.on_ping = slow
    running = asyncio.ensure_future(opened.counters("public").Ping(Ping(word="done")))
    await entered.wait()
    watch = health_pb2_grpc.HealthStub(opened.channel).Watch(health_pb2.HealthCheckRequest(service=""))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    stopping = asyncio.create_task(opened.service.stop())
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    watch.cancel()
    leave.set()
    assert (await running).name == "done"
    await stopping
    with pytest.raises(grpc.aio.AioRpcError):
        await opened.counters("public").Ping(Ping())


async def test_a_message_that_is_too_large_is_refused_and_the_service_lives(open_demo):
    opened = await open_demo(largest_message=2**16)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await opened.counters("public").Ping(Ping(word="x" * 2**17))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert (await opened.counters("public").Ping(Ping(word="ok"))).name == "ok"


async def test_a_background_task_that_fails_is_started_again(open_demo, monkeypatch):
    monkeypatch.setattr(runtime, "RESTART", 0.01)
    runs, lives = [], asyncio.Event()

    async def task() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise RuntimeError("first attempts fail")
        lives.set()
        await asyncio.Event().wait()

    opened = await open_demo()
    opened.service.tasks.append(asyncio.create_task(opened.service._keep_running(task)))
    assert await happens(lives, 5)
