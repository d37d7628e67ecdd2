"""The main journey under load: register completions, wait for certificates, save answers, import a roster.

The three services run as processes of their own beside nats-server, as in production.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from shuzheng.assessment.v1 import attempt_pb2, attempt_service_pb2, item_pb2
from shuzheng.certificates.v1 import events_pb2
from shuzheng.training.v1 import (
    cohort_pb2,
    cohort_service_pb2,
    completion_service_pb2,
    roster_service_pb2,
    roster_service_pb2_grpc,
)

from bench.load import IN_FLIGHT
from bench.processes import cpu_seconds_of
from services.kit.events.connection import Connection
from tests.support.journey import AIM, Journey, day
from tests.support.people import person
from tests.support.processes import Processes
from tests.support.tokens import credentials

REGISTER = "/shuzheng.training.v1.CompletionService/RegisterCompletion"
SAVE = "/shuzheng.assessment.v1.AttemptService/SaveAnswers"
ISSUED = "certificates.v1.certificate.issued"
CHUNK = 1 << 20  # bytes of a roster part
Metadata = tuple[tuple[str, str], ...]


def cpu_seconds(system: Processes, service: str) -> float:
    """Return the CPU time that one service process has used."""
    process = system.services[service].process
    assert process is not None
    return cpu_seconds_of(process.pid)


async def latencies(system: Processes, journey: Journey) -> list[float]:
    """Register completions one after the other; returns the milliseconds from each answer to the issued event."""
    connection = Connection(system.broker.url, "bench")
    await connection.open()
    assert connection.client is not None
    issued: dict[str, asyncio.Future[float]] = {}

    async def note(message: Any) -> None:
        source = events_pb2.CertificateIssued.FromString(message.data).source
        found = issued.setdefault(source, asyncio.get_running_loop().create_future())
        if not found.done():
            found.set_result(time.perf_counter())

    await connection.client.subscribe(ISSUED, cb=note)
    await connection.client.flush()
    taken = []
    for enrollment in journey.enrollments:
        completion = await journey.complete(enrollment)
        committed = time.perf_counter()
        waited = issued.setdefault(completion, asyncio.get_running_loop().create_future())
        async with asyncio.timeout(10):
            taken.append((await waited - committed) * 1000)
        await asyncio.sleep(0.005)
    await connection.close()
    return sorted(taken)


async def register(system: Processes, journey: Journey) -> tuple[float, float]:
    """Register all completions, 64 in flight; returns calls a second and server CPU microseconds a call."""
    metadata = credentials(system.keys, "institution", journey.institution)
    requests = [completion_service_pb2.RegisterCompletionRequest(enrollment=e) for e in journey.enrollments]
    bodies = [request.SerializeToString() for request in requests]
    call = system.channels["training"].unary_unary(REGISTER)
    return await _measured(system, "training", len(bodies), lambda n: call(bodies[n], metadata=metadata))


async def save_answers(system: Processes, journey: Journey, calls: int) -> tuple[float, float]:
    """Save answers of 64 sitting candidates, each its own; returns calls a second and server CPU a call."""
    candidates = list(journey.candidates)[:IN_FLIGHT]
    attempts = [await journey.start(candidate) for candidate in candidates]
    metadata = [credentials(system.keys, "candidate", candidate) for candidate in candidates]
    sequence = itertools.count(1)
    call = system.channels["assessment"].unary_unary(SAVE)

    def send(number: int) -> Awaitable[bytes]:
        seat = number % len(attempts)
        given = item_pb2.Answer(statement_true=True)
        place = 1 + number // len(attempts) % 10
        answer = attempt_pb2.SavedAnswer(position=place, sequence=next(sequence), answer=given)
        request = attempt_service_pb2.SaveAnswersRequest(name=attempts[seat], answers=[answer])
        return call(request.SerializeToString(), metadata=metadata[seat])

    await _in_flight(len(attempts), send)  # first calls compile statements and verify tokens
    return await _measured(system, "assessment", calls, send)


async def _measured(
    system: Processes, service: str, calls: int, send: Callable[[int], Awaitable[Any]]
) -> tuple[float, float]:
    before, started = cpu_seconds(system, service), time.perf_counter()
    await _in_flight(calls, send)
    seconds = time.perf_counter() - started
    return calls / seconds, (cpu_seconds(system, service) - before) / calls * 1e6


async def _in_flight(calls: int, send: Callable[[int], Awaitable[Any]]) -> None:
    numbers = iter(range(calls))

    async def worker() -> None:
        for number in numbers:
            await send(number)

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


async def import_roster(system: Processes, journey: Journey, rows: int) -> tuple[float, float]:
    """Check (dry run) and import a CSV roster of `rows` people; returns the seconds of each."""
    cohort = await _large_cohort(journey, rows)
    lines = ["姓名,身份证号,手机号"]
    lines += [
        f"{p.display_name},{p.national_id},{p.phone}" for p in map(person, range(20_000, 20_000 + rows))
    ]
    content = "\n".join(lines).encode()
    return await _import(system, journey, cohort, content, True), await _import(
        system, journey, cohort, content, False
    )


async def _large_cohort(journey: Journey, rows: int) -> str:
    today = journey.now().date()
    cohort = cohort_pb2.Cohort(
        display_name="大名单", qualification=AIM, start_date=day(today), end_date=day(today), capacity=rows
    )
    request = cohort_service_pb2.CreateCohortRequest(
        parent=journey.institution, cohort_id="large", cohort=cohort
    )
    name = str((await journey.training("cohort", "CreateCohort", request)).name)
    for rpc in ("FileCohort", "OpenEnrollment"):
        await journey.training("cohort", rpc, getattr(cohort_service_pb2, f"{rpc}Request")(name=name))
    return name


async def _import(system: Processes, journey: Journey, cohort: str, content: bytes, dry_run: bool) -> float:
    parts = [
        roster_service_pb2.ImportRosterRequest(
            parent=cohort, filename="名单.csv", dry_run=dry_run, chunk=content[start : start + CHUNK]
        )
        for start in range(0, len(content), CHUNK)
    ]
    stub = system.stub(
        "training", roster_service_pb2_grpc.RosterServiceStub, "institution", journey.institution
    )
    started = time.perf_counter()
    answers = [answer async for answer in stub.ImportRoster(iter(parts))]
    summary = answers[-1].summary
    assert summary.rejected == 0, summary
    return time.perf_counter() - started


async def python_echo(address: str, method: str, calls: int) -> float:
    """Return the echo's calls a second to the same Python client, 64 in flight."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(method)
        started = time.perf_counter()
        await _in_flight(calls, lambda _: call(b"x" * 60))
        return calls / (time.perf_counter() - started)
