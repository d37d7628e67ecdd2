"""A batch on its way: crashes, several at once, and the stream that tells how far it is."""

import asyncio

import grpc
import pytest
from shuzheng.certificates.v1 import batch_pb2
from shuzheng.certificates.v1 import certificate_pb2 as pb

from services.certificates.issuing.usecases.issuance import Issuance
from tests.support.crashes import dies
from tests.support.release import INTENT, reaped


async def test_a_crash_between_release_and_issue_is_made_good(desk_life, monkeypatch):
    desk = await desk_life()
    await desk.world.deliver(*(desk.world.result(number) for number in range(5)))
    batch = await desk.propose()
    monkeypatch.setattr(Issuance, "sign", dies)
    await desk.approve(batch)
    assert set((await desk.states()).values()) == {INTENT}
    assert await desk.leaves() == [f"batch:{batch.name}"]
    monkeypatch.undo()
    desk = await desk_life()
    assert (await desk.watch(batch))[-1].issued_count == 5
    leaves = await desk.leaves()
    assert leaves[0] == f"batch:{batch.name}" and len(leaves) == len(set(leaves)) == 6


async def test_a_crash_before_the_batch_is_closed_is_made_good(desk_life, monkeypatch):
    desk = await desk_life()
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    monkeypatch.setattr("services.certificates.issuing.ending.batches.finish", dies)
    await desk.approve(batch)
    await desk.world.certificates()
    assert (await desk.get(batch)).state == batch_pb2.BATCH_STATE_RELEASED
    monkeypatch.undo()
    desk = await desk_life()
    assert (await desk.watch(batch))[-1].state == batch_pb2.BATCH_STATE_ISSUED


async def test_a_crash_inside_the_release_releases_nothing(desk_life, monkeypatch):
    desk = await desk_life()
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    monkeypatch.setattr("services.certificates.issuing.usecases.batches.Batches._tell", dies)
    with pytest.raises(grpc.aio.AioRpcError):
        await desk.approve(batch)
    monkeypatch.undo()
    desk = await desk_life()
    await reaped(desk)
    assert (await desk.states())["r1"] == INTENT and await desk.get(batch) == batch
    await desk.approve(batch)
    assert (await desk.watch(batch))[-1].issued_count == 1


async def test_two_approvals_at_once_release_once(desk):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    calls = [desk.approve(batch, subject, etag="") for subject in ("a", "b", "c")]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    await desk.watch(batch)
    assert [leaf for leaf in await desk.leaves() if leaf.startswith("batch:")] == [f"batch:{batch.name}"]


async def test_two_proposals_at_once_share_nothing(desk):
    await desk.world.deliver(*(desk.world.result(number) for number in range(6)))
    answers = await asyncio.gather(*(desk.propose(str(n)) for n in range(4)), return_exceptions=True)
    made = [answer for answer in answers if not isinstance(answer, Exception)]
    assert sum(batch.certificate_count for batch in made) == 6 and len(made) == 1


async def test_the_progress_stream_counts_up_to_the_end(desk):
    await desk.world.deliver_together(*(desk.world.result(number) for number in range(300)))
    batch = await desk.propose()
    watching = asyncio.ensure_future(desk.watch(batch))
    await asyncio.sleep(0.7)
    await desk.approve(batch)
    seen = await watching
    assert (seen[0].state, seen[0].issued_count) == (batch_pb2.BATCH_STATE_PROPOSED, 0)
    assert (seen[-1].state, seen[-1].issued_count) == (batch_pb2.BATCH_STATE_ISSUED, 300)
    counts = [each.issued_count for each in seen]
    assert counts == sorted(counts) and len(seen) == len({(e.state, e.issued_count) for e in seen})


async def test_the_progress_stream_ends_with_its_deadline(desk):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await desk.watch(batch, timeout=1)
    assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert await desk.get(batch) == batch


async def test_the_progress_stream_ends_where_only_what_is_refused_is_left(desk):
    unprintable = desk.world.result(1, holder_name="张\U000323af")
    await desk.world.deliver(unprintable, desk.world.result(2))
    batch = await desk.propose()
    assert (await desk.get(batch)).refused_count == 0
    await desk.approve(batch)
    last = (await desk.watch(batch))[-1]
    assert (last.state, last.issued_count, last.refused_count) == (batch_pb2.BATCH_STATE_RELEASED, 1, 1)
    (refused,) = [each for each in await desk.world._list(batch=batch.name) if each.refusal]
    await desk.world.deliver(desk.world.annulment(1))
    (revoked,) = await desk.world._list(batch=batch.name, state=pb.CERTIFICATE_STATE_REVOKED)
    assert revoked.name == refused.name
    last = (await desk.watch(batch))[-1]
    assert (last.state, last.issued_count, last.withdrawn_count, last.refused_count) == (
        batch_pb2.BATCH_STATE_ISSUED, 1, 1, 0,
    )  # fmt: skip
