"""Every RPC, called with generated requests by anybody: the answer is OK or a mapped error that says its reason."""

from collections import Counter

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.support import fuzz, invariants
from tests.support.effort import EFFORT
from tests.support.journey import Journey
from tests.support.processes import SERVICES

ROUNDS = {"sqlite": 20 * EFFORT, "postgres": 10 * EFFORT}
MOSTLY = 0.3  # of the methods must have been answered with OK, or the requests are too odd to test much


@pytest.mark.timeout(180 * EFFORT)
async def test_nothing_that_can_be_sent_breaks_a_service(system, databases, log, hail):
    await journeys_at_every_stage(system)
    names = await system.names()
    reached, faults = set(), Counter()
    for seed, service in enumerate(SERVICES):
        falling = hail(system.services[service], fuzz.Writer(seed, names))
        methods = [method for name in (service, "events", "operations") for method in fuzz.methods(name)]
        await falling.fall(methods, ROUNDS[databases.engine])
        faults += falling.faults
        reached |= falling.reached
    assert not faults, report(faults, log)
    await all_serve(system)
    assert internal_lines(log) == []
    await invariants.check(system.urls, log=log.text)
    every = {f"/{m.containing_service.full_name}/{m.name}" for s in SERVICES for m in fuzz.methods(s)}
    assert len(reached & every) > MOSTLY * len(every), f"only refused: {sorted(every - reached)}"


def report(faults, log):
    causes = [str(line.get("exception", ""))[-900:] for line in internal_lines(log)]
    return "\n".join([*(f"{count} × {what}" for what, count in faults.most_common()), *filter(None, causes)])


async def journeys_at_every_stage(system):
    """One that is over, one whose candidates sit the exam, one that registers, one that enrolls."""
    over, sitting, registering, enrolling = (Journey(system.stub, number, size=3) for number in range(1, 5))
    for journey in (over, sitting, registering):
        await journey.to_completions()
    await over.to_results()
    for journey in (sitting, registering):
        await journey.open_body()
        await journey.schedule()
        await journey.register_all()
    await sitting.begin()
    await sitting.start(next(iter(sitting.candidates)))
    await enrolling.open_institution()


async def all_serve(system):
    for opened in system.services.values():
        answer = await opened.stub(health_pb2_grpc.HealthStub).Check(
            health_pb2.HealthCheckRequest(), timeout=5
        )
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def internal_lines(log):
    lines = log.lines()
    assert any(line["event"] == "call_served" for line in lines), "the log of the calls is not here"
    return [
        line
        for line in lines
        if line["event"] in ("call_failed", "task_failed") or line.get("code") == "INTERNAL"
    ]
