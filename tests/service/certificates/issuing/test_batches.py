"""Release by batch: nothing is signed before a second person has agreed to exactly what was proposed."""

import asyncio
import json
import sys
from hashlib import sha256

import grpc
import pytest
from shuzheng.certificates.v1 import batch_pb2, batch_service_pb2
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1.certificate_service_pb2 import SupersedeCertificateRequest
from sqlalchemy import select, update

from services.certificates.issuing.domain.batch import TRANSITIONS, BatchAction, BatchState, digest_of
from services.certificates.issuing.storage.rows.batches import BatchRow
from services.certificates.issuing.storage.rows.certificates import CertificateRow, DocumentRow
from services.certificates.issuing.usecases.issuance import Issuance
from services.certificates.log.storage.rows.log import LogLeafRow
from tests.support.crashes import dies
from tests.support.fuzz import reason_of
from tests.support.release import BODY, INTENT, ISSUED, Desk, reaped
from tests.support.tokens import token


async def refused(call, code, reason):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    assert (error.value.code(), reason_of(error.value)) == (code, reason)


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
