"""Everything is delivered again: lost acknowledgements, a full republish, both at once. Nothing is done twice."""

import pytest
from shuzheng.events.v1 import event_service_pb2, event_service_pb2_grpc

pytestmark = pytest.mark.timeout(180)
CONSUMERS = (
    ("TRAINING", "certificates-from-training"), ("ASSESSMENT", "certificates-from-assessment"),
    ("TRAINING", "assessment-from-training"), ("CERTIFICATES", "assessment-from-certificates"),
)  # fmt: skip


@pytest.fixture
async def finished(journey, at_the_end):
    """The whole journey with a withdrawal and an annulment, at rest."""
    completions = await journey.to_completions()
    await journey.to_results()
    await journey.withdraw(completions[0])
    await journey.annul(next(result.name for result in await journey.results() if result.passed))
    return await at_the_end()


def essence(snapshot):
    """What must not change: certificates and evidence with their states, and the facts that were told of them."""
    rows = snapshot.rows("certificates", "certificates")
    certificates = [(row["name"], row["state"], row["document_sha256"]) for row in rows]
    evidence = [(row["name"], row["state"]) for row in snapshot.rows("assessment", "evidence")]
    told = [row["id"] for tables in snapshot.tables.values() for row in tables["outbox"]]
    return sorted(certificates), sorted(evidence), sorted(told)


async def republish(fault):
    """Ask every service to publish its whole outbox again; returns how many facts that were."""
    count = 0
    for service in fault.system.services:
        stub = fault.system.stub(service, event_service_pb2_grpc.EventServiceStub, "supervisor")
        answer = await stub.RepublishEvents(event_service_pb2.RepublishEventsRequest(), timeout=20)
        count += answer.events
    return count


async def test_a_full_republish_changes_nothing(fault, finished, at_the_end):
    before = {stream: await fault.messages(stream) for stream in ("TRAINING", "ASSESSMENT", "CERTIFICATES")}
    count = await republish(fault)
    assert count == sum(before.values()) > 70
    snapshot = await at_the_end()
    after = {stream: await fault.messages(stream) for stream in before}
    assert after == {stream: 2 * count for stream, count in before.items()}, "nothing was published again"
    assert essence(snapshot) == essence(finished)


async def test_lost_acknowledgements_and_a_republish_at_once_change_nothing(fault, finished, at_the_end):
    """The broker forgets what it was told had been handled: each message comes again to every consumer."""
    for service in ("certificates", "assessment"):
        await fault.kill(service)
    for stream, consumer in CONSUMERS:
        assert await fault.jetstream(lambda js, s=stream, c=consumer: js.delete_consumer(s, c))
    for service in ("certificates", "assessment"):
        await fault.start(service)
    await republish(fault)
    snapshot = await at_the_end()
    for stream, consumer in CONSUMERS:
        info = await fault.jetstream(lambda js, s=stream, c=consumer: js.consumer_info(s, c))
        assert info.delivered.consumer_seq > 0 and info.num_ack_pending == info.num_pending == 0, (
            "nothing came again"
        )
    assert essence(snapshot) == essence(finished)
