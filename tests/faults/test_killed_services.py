"""Services and broker are killed at the moments of the journey where something could be lost or done twice."""

import asyncio

import pytest

from tests.support.journey import several, until

pytestmark = pytest.mark.timeout(180)


async def taught(journey):
    await journey.open_institution()
    await journey.teach()
    return journey.enrollments


async def test_killed_while_completions_are_registered(fault, journey, at_the_end):
    """Before and after the commit of RegisterCompletion, and between commit, publication and mark."""
    enrollments = await taught(journey)
    plan = [
        ("training", 0.01),
        ("broker", 0.01),
        ("training", 0.04),
        ("certificates", 0.02),
        ("assessment", 0.02),
    ]
    parts = [enrollments[start::6] for start in range(6)]
    for (victim, after), part in zip(plan, parts, strict=False):
        await fault.kill_during(victim, journey.complete_all(part), after)
    await journey.complete_all(parts[5])
    assert fault.kills == 5 and journey.ledger.repeats > 0, "no call met a dead service"
    snapshot = await at_the_end()
    assert len(journey.ledger.completed) == 24
    assert len(snapshot.rows("certificates", "certificates")) == 24


async def test_killed_between_commit_and_publication(fault, journey, at_the_end):
    """The broker is away, facts are committed, and then the service that holds them dies."""
    enrollments = await taught(journey)
    await fault.kill("broker")
    await journey.complete_all(enrollments[:10])
    assert fault.waiting("training") == 10
    await fault.kill("training")
    assert fault.waiting("training") == 10, "the facts died with the service"
    await fault.start("training")
    await journey.complete_all(enrollments[10:])
    assert fault.waiting("training") == 24
    await fault.start("broker")
    snapshot = await at_the_end()
    assert len(snapshot.rows("certificates", "certificates")) == 24


async def test_killed_between_publication_and_mark(fault, journey, at_the_end):
    """What was published but not marked is published again; JetStream and the inboxes drop the repeat."""
    enrollments = await taught(journey)
    await journey.complete_all(enrollments)
    await at_the_end()
    await fault.kill("training")
    before = await fault.messages("TRAINING")
    fault.sql("training", "UPDATE outbox SET published_at = NULL")  # as if it had died just before the mark
    assert fault.waiting("training") == 24
    await fault.start("training")
    snapshot = await at_the_end()
    assert await fault.messages("TRAINING") == before, "the broker kept repeats"
    assert len(snapshot.rows("certificates", "certificates")) == 24


async def test_killed_in_its_batch_and_between_intent_and_signature(fault, journey, at_the_end):
    """Certificates dies again and again while it takes in what waited for it."""
    enrollments = await taught(journey)
    seen = []
    for start in range(0, 24, 8):
        await fault.kill("certificates")
        await journey.complete_all(enrollments[start : start + 8])
        await fault.start("certificates")
        await intent_or_certificates(fault, start + 8)
        await fault.kill("certificates")
        seen.append(fault.sql("certificates", "SELECT count(*) FROM certificates WHERE state = 'INTENT'"))
        await fault.start("certificates")
    assert fault.kills == 6 and any(seen), "no kill fell between intent and signature"
    snapshot = await at_the_end()
    assert len(snapshot.rows("certificates", "certificates")) == 24


async def intent_or_certificates(fault, wanted):
    """Return as soon as an intent is on disk, or when it is too late to see one."""
    statement = "SELECT coalesce(sum(state = 'INTENT'), 0) * 1000 + count(*) FROM certificates"
    for _ in range(3000):
        if fault.sql("certificates", statement) >= wanted:
            return
        await asyncio.sleep(0.001)
    raise AssertionError("certificates did nothing")


async def test_killed_during_the_exam(fault, journey, at_the_end):
    """Assessment dies while answers are saved, while papers are handed in, while marks come and at PublishResults."""
    await journey.to_completions()
    await journey.open_body()
    await journey.schedule()
    await journey.register_all()
    await journey.begin()
    await fault.kill_during("assessment", journey.sit_all(), 0.6)
    saved = len(journey.ledger.answers)
    assert saved == 240 and journey.ledger.repeats > 0
    await fault.kill_during("assessment", journey.mark(), 0.05)
    await fault.kill_during("assessment", journey.publish(), 0.015)
    assert len(journey.ledger.published) == 24 and fault.kills == 3
    snapshot = await at_the_end()
    passed = [row for row in snapshot.rows("assessment", "results") if row["passed"]]
    assert len(passed) == 18
    assert len(snapshot.rows("certificates", "certificates")) == 24 + 18


async def test_services_that_stand_still(fault, journey, at_the_end):
    """Stopped for some seconds with open connections: callers time out, repeat, and nothing happens twice."""
    enrollments = await taught(journey)
    journey.timeout = 1.0
    for victim, part in (("training", enrollments[:12]), ("certificates", enrollments[12:])):
        process = fault.system.services[victim]
        work = asyncio.ensure_future(journey.complete_all(part))
        await asyncio.sleep(0.03)
        process.freeze()
        await asyncio.sleep(2.5)
        assert process.alive
        process.thaw()
        await work
    assert journey.ledger.repeats > 0, "no call timed out"
    snapshot = await at_the_end()
    assert len(snapshot.rows("certificates", "certificates")) == 24
    await until(lambda: verified(journey, snapshot), "all certificates verify")


async def verified(journey, snapshot):
    rows = snapshot.rows("certificates", "certificates")
    found = await several(journey.verify(Printed(row["number"]), row["holder_name"]) for row in rows)
    return set(found) == {"VALID"}


class Printed:
    def __init__(self, number):
        self.number = number
