"""Release by batch: nothing is signed before a second person has agreed to exactly what was proposed."""

import asyncio
import json
import sys
from hashlib import sha256

import grpc
import pytest
from shuzheng.certificates.v1 import batch_pb2, batch_service_pb2
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1.batch_service_pb2_grpc import BatchServiceStub
from shuzheng.certificates.v1.certificate_service_pb2 import SupersedeCertificateRequest
from sqlalchemy import select, update

from services.certificates.domain.batch import TRANSITIONS, BatchAction, BatchState, digest_of
from services.certificates.storage.rows import BatchRow, CertificateRow, DocumentRow, LogLeafRow
from services.certificates.usecases.issuance import Issuance
from tests.support.fuzz import reason_of
from tests.support.tokens import token

BODY = "bodies/b1"
INTENT, ISSUED = pb.CERTIFICATE_STATE_INTENT, pb.CERTIFICATE_STATE_ISSUED
POLICY = """
[[kind]]
kind = "{kind}"
effective_from = 2021-01-01
validity_months = 0
holder_name = "plain"
source = "a decision"
mark = "UNCONFIRMED"
"""
RELEASE = """
[[release]]
kind = "GRADE"
effective_from = 2021-01-01
release = "by_batch"
source = "a decision"
mark = "UNCONFIRMED"
"""


class Desk:
    """One service whose policy releases grade certificates by batch, and the people at it."""

    def __init__(self, world):
        self.world = world

    def staff(self, subject="proposer", tenant=BODY, role="body"):
        return self.world.opened.stub(BatchServiceStub, role, tenant, subject=subject)

    async def propose(self, subject="proposer", **choice):
        request = batch_service_pb2.CreateBatchRequest(owner=BODY, **choice)
        return await self.staff(subject).CreateBatch(request)

    async def approve(self, batch, subject="approver", role="body", **changes):
        values = {"name": batch.name, "owner": BODY, "etag": batch.etag, "digest": batch.digest} | changes
        tenant = BODY if role == "body" else ""
        return await self.staff(subject, tenant, role).ApproveBatch(
            batch_service_pb2.ApproveBatchRequest(**values)
        )

    async def reject(self, batch, subject="approver", reason="名单有误"):
        request = batch_service_pb2.RejectBatchRequest(
            name=batch.name, owner=BODY, etag=batch.etag, reason=reason
        )
        return await self.staff(subject).RejectBatch(request)

    async def get(self, batch):
        return await self.staff().GetBatch(batch_service_pb2.GetBatchRequest(name=batch.name, owner=BODY))

    async def watch(self, batch, **options):
        request = batch_service_pb2.WatchBatchRequest(name=batch.name, owner=BODY)
        return [answer.batch async for answer in self.staff().WatchBatch(request, **options)]

    async def states(self):
        return {c.source.rpartition("/")[2]: c.state for c in await self.world._list()}

    async def leaves(self):
        async with self.world.service.store.read() as tx:
            rows = await tx.all(select(LogLeafRow).order_by(LogLeafRow.leaf_index))
            return [row.source for row in rows if row.type in {"batch", "issue"}]


@pytest.fixture
def desk_life(life, tmp_path):
    """Give the function that (re)opens the service under the policy of release."""
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.format(kind="TRAINING") + POLICY.format(kind="GRADE") + RELEASE, "utf-8")

    async def begin():
        return Desk(await life(policy_file=policy))

    return begin


@pytest.fixture
async def desk(desk_life):
    return await desk_life()


async def refused(call, code, reason):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    assert (error.value.code(), reason_of(error.value)) == (code, reason)


async def reaped(desk):
    """Let the reaper have gone over everything a few times."""
    await desk.world.deliver(desk.world.completion(99))
    async with asyncio.timeout(30):
        while (await desk.states())["c99"] != ISSUED:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)


async def test_two_persons_release_what_waited(desk):
    await desk.world.deliver(*(desk.world.result(number) for number in range(3)))
    batch = await desk.propose(note="一月批次")
    assert (batch.state, batch.certificate_count) == (batch_pb2.BATCH_STATE_PROPOSED, 3)
    found = await desk.world._list(batch=batch.name)
    assert batch.digest == digest_of(c.document_sha256 for c in found) and len(found) == 3
    assert all(c.awaits_release for c in found)
    released = await desk.approve(batch)
    assert (released.proposed_by, released.decided_by) == ("proposer", "approver")
    assert released.log_position and released.HasField("decide_time")
    last = (await desk.watch(batch))[-1]
    assert (last.state, last.issued_count) == (batch_pb2.BATCH_STATE_ISSUED, 3)
    assert {c.state for c in await desk.world.certificates()} == {ISSUED}
    leaves = await desk.leaves()
    assert leaves[0] == f"batch:{batch.name}" and len(leaves) == 4


async def test_what_awaits_release_is_never_signed_while_the_reaper_runs(desk):
    await desk.world.deliver(desk.world.result(1), desk.world.result(2))
    await desk.propose(occupation="artificial-intelligence", certificates=[])
    await desk.world.deliver(desk.world.result(3))  # in no batch at all
    await reaped(desk)  # a training certificate is released at once, by the same reaper
    assert await desk.states() == {"r1": INTENT, "r2": INTENT, "r3": INTENT, "c99": ISSUED}
    async with desk.world.service.store.read() as tx:
        proofs = [row.proofs for row in await tx.all(select(DocumentRow))]
    assert sorted(map(len, proofs)) == [0, 0, 0, 2]


async def test_the_flag_is_what_keeps_the_reaper_away(desk):
    await desk.world.deliver(desk.world.result(1))
    await reaped(desk)
    async with desk.world.service.store.write() as tx:
        await tx.execute(update(CertificateRow).values(awaits_release=False))
    found = await desk.world.certificates()
    assert {c.state for c in found} == {ISSUED}


async def test_by_the_shipped_policy_nothing_waits(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    assert (found.state, found.awaits_release, found.batch) == (ISSUED, False, "")
    call = Desk(world).propose()
    await refused(call, grpc.StatusCode.FAILED_PRECONDITION, "NOTHING_WAITS")


@pytest.mark.parametrize("role", ["body", "supervisor"])
async def test_whoever_proposed_is_no_second_person_in_any_role(desk, role):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose("one")
    call = desk.approve(batch, "one", role)
    await refused(call, grpc.StatusCode.FAILED_PRECONDITION, "SAME_PERSON")
    await reaped(desk)
    assert (await desk.states())["r1"] == INTENT and await desk.get(batch) == batch
    await desk.approve(batch, "another", role)
    assert (await desk.watch(batch))[-1].state == batch_pb2.BATCH_STATE_ISSUED


async def test_nobody_approves_what_they_did_not_look_at(desk):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    await refused(desk.approve(batch, digest="0" * 64), grpc.StatusCode.ABORTED, "OTHER_CONTENT")
    await refused(desk.approve(batch, etag="0"), grpc.StatusCode.ABORTED, "STALE_ETAG")
    await refused(desk.approve(batch, digest=""), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    await desk.world.deliver(desk.world.result(2))
    async with desk.world.service.store.write() as tx:  # something was put in behind the proposer's back
        await tx.execute(update(CertificateRow).values(batch=batch.name))
    await refused(desk.approve(batch), grpc.StatusCode.ABORTED, "OTHER_CONTENT")
    assert set((await desk.states()).values()) == {INTENT} and await desk.leaves() == []


async def test_a_rejection_says_why_and_frees(desk):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    await refused(desk.propose(), grpc.StatusCode.FAILED_PRECONDITION, "NOTHING_WAITS")
    rejected = await desk.reject(batch)
    assert (rejected.state, rejected.reject_reason) == (batch_pb2.BATCH_STATE_REJECTED, "名单有误")
    await refused(desk.approve(rejected), grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")
    again = await desk.propose()
    assert again.digest == batch.digest and again.name != batch.name
    await desk.approve(again)
    assert (await desk.watch(again))[-1].issued_count == 1
    assert [each.state for each in await desk.watch(batch)] == [batch_pb2.BATCH_STATE_REJECTED]


async def test_a_choice_takes_what_fits_and_nothing_of_others(desk):
    other = desk.world.result(4)
    other.qualification.level = 1
    await desk.world.deliver(desk.world.result(1), desk.world.result(2, body="b2"), other)
    await refused(desk.propose(occupation="big-data"), grpc.StatusCode.FAILED_PRECONDITION, "NOTHING_WAITS")
    batch = await desk.propose(
        occupation="artificial-intelligence", direction="computer-vision", level=1,
        awarded_on={"year": 2026, "month": 2, "day": 28},
    )  # fmt: skip
    assert [c.source for c in await desk.world._list(batch=batch.name)] == ["bodies/b1/results/r4"]
    names = {c.source: c.name for c in await desk.world._list()}
    foreign = [names["bodies/b1/results/r1"], names["bodies/b2/results/r2"]]
    await refused(desk.propose(certificates=foreign), grpc.StatusCode.FAILED_PRECONDITION, "NOT_WAITING")
    listed = await desk.propose(certificates=foreign[:1] * 2)
    assert listed.certificate_count == 1
    everything = await desk.staff().ListBatches(batch_service_pb2.ListBatchesRequest(owner=BODY, page_size=1))
    assert [each.name for each in everything.batches] == [batch.name] and everything.next_page_token


async def test_a_batch_of_another_body_does_not_exist(desk):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.propose()
    get, theirs = batch_service_pb2.GetBatchRequest, desk.staff("c", "bodies/b2")
    call = theirs.GetBatch(get(name=batch.name, owner="bodies/b2"))
    await refused(call, grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND")
    call = theirs.GetBatch(get(name=batch.name, owner=BODY))
    await refused(call, grpc.StatusCode.PERMISSION_DENIED, "OTHER_TENANT")
    create = batch_service_pb2.CreateBatchRequest(owner=BODY)
    supervisor = desk.staff("s", "", "supervisor")
    await refused(supervisor.CreateBatch(create), grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")


async def test_what_is_withdrawn_meanwhile_is_left_out_and_ends_the_batch_all_the_same(desk):
    await desk.world.deliver(desk.world.result(1), desk.world.result(2))
    batch = await desk.propose()
    await desk.world.deliver(desk.world.annulment(1))
    await desk.approve(batch)
    last = (await desk.watch(batch))[-1]
    assert (last.state, last.certificate_count) == (batch_pb2.BATCH_STATE_ISSUED, 2)
    assert (last.issued_count, last.withdrawn_count) == (1, 1)
    await desk.world.deliver(desk.world.annulment(2))  # revoked after it was issued: not withdrawn
    assert (await desk.get(batch)).withdrawn_count == 1


async def test_a_correction_waits_as_well(desk):
    await desk.world.deliver(desk.world.result(1))
    await desk.approve(await desk.propose())
    old = await desk.world.certificate()
    new = await desk.world.supervisor.SupersedeCertificate(
        SupersedeCertificateRequest(name=old.name, holder_name="改名")
    )
    assert new.awaits_release and new.batch == ""
    await desk.approve(await desk.propose())
    assert {c.state for c in await desk.world.certificates()} == {ISSUED, pb.CERTIFICATE_STATE_SUPERSEDED}


class Crash(Exception):
    """The moment at which the process dies."""


def dies(*_args, **_kwargs):
    raise Crash


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
    monkeypatch.setattr("services.certificates.usecases.issuance.finish_batches", dies)
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
    monkeypatch.setattr("services.certificates.usecases.batches.Batches._tell", dies)
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


async def test_the_row_keeps_what_opens_its_leaf(desk):
    await desk.world.deliver(desk.world.result(1))
    batch = await desk.approve(await desk.propose())
    async with desk.world.service.store.read() as tx:
        row = await tx.get(BatchRow, batch.name)
        leaf = await tx.one(select(LogLeafRow).where(LogLeafRow.type == "batch"))
    assert len(row.nonce) == 32 and leaf is not None and row.log_position.endswith(str(leaf.leaf_index))


@pytest.mark.parametrize("state", BatchState)
async def test_every_state_keeps_to_the_table(desk, state, monkeypatch):
    if state is BatchState.RELEASED:
        monkeypatch.setattr(Issuance, "sign", dies)
    for number, action in enumerate((BatchAction.APPROVE, BatchAction.REJECT)):
        await desk.world.deliver(desk.world.result(number))
        batch = await in_state(desk, state)
        call = desk.approve(batch) if action is BatchAction.APPROVE else desk.reject(batch)
        if target := TRANSITIONS.get((state, action)):
            assert (await call).state == batch_pb2.BatchState.Value(f"BATCH_STATE_{target}")
        else:
            await refused(call, grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")
            assert await desk.get(batch) == batch


async def in_state(desk, state):
    """Propose what waits and take the batch to a state; issuance alone makes a released one ISSUED."""
    batch = await desk.propose()
    if state in {BatchState.RELEASED, BatchState.ISSUED}:
        await desk.approve(batch)
    if state is BatchState.ISSUED:
        await desk.watch(batch)
    if state is BatchState.REJECTED:
        await desk.reject(batch)
    found = await desk.get(batch)
    assert found.state == batch_pb2.BatchState.Value(f"BATCH_STATE_{state}")
    return found


async def test_two_persons_at_the_command_line(desk, tmp_path):
    opened = desk.world.opened

    async def run(subject, *words):
        pass_as = ["--token", token(opened.keys, "body", BODY, subject=subject), "--json"]
        where = ["--endpoint", f"certificates={opened.service.address}", "--data-dir", str(tmp_path / "none")]
        args = [*pass_as, *where, *words]
        command = [sys.executable, "-m", "services.cli", *args]
        child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        answer, _ = await child.communicate()
        return child.returncode, json.loads(answer)

    await desk.world.deliver(desk.world.result(1), desk.world.result(2))
    code, batch = await run("one", "batch", "create", BODY, "--level", "mid")
    name, mine = batch["name"], ["--owner", BODY]
    seen = [*mine, "--etag", batch["etag"], "--digest", batch["digest"]]
    _, listed = await run("one", "certificate", "list", BODY, "--batch", name, "--all")
    lines = sorted(c["document_sha256"] + "\n" for c in listed["certificates"])
    assert (code, batch["digest"]) == (0, sha256("".join(lines).encode()).hexdigest())
    code, refusal = await run("one", "batch", "approve", name, *seen)
    assert code != 0 and "SAME_PERSON" in json.dumps(refusal)
    assert (await run("another", "batch", "approve", name, *seen))[0] == 0
    code, last = await run("one", "batch", "watch", name, *mine)
    assert (code, last["state"], last["issued_count"]) == (0, "BATCH_STATE_ISSUED", 2)
