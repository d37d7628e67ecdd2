"""A hold takes a certificate out of force at once, leaves no bit, and ends in a release or a revocation."""

import grpc
import pytest
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import hold_pb2
from shuzheng.certificates.v1 import verification_pb2 as answers
from shuzheng.certificates.v1.certificate_service_pb2 import (
    GetCertificateDocumentRequest,
    RevokeCertificateRequest,
    SupersedeCertificateRequest,
)
from shuzheng.certificates.v1.hold_service_pb2 import (
    HoldCertificateRequest,
    ListHoldsRequest,
    ReleaseCertificateRequest,
)
from shuzheng.certificates.v1.verification_service_pb2 import VerifyCertificateRequest

APPEAL = hold_pb2.HOLD_REASON_APPEAL
HELD = pb.CERTIFICATE_STATE_HELD
NUMBER_STATUS = [answers.VERIFICATION_CHECK_NUMBER_AND_NAME, answers.VERIFICATION_CHECK_STATUS]


async def hold(world, name, **more):
    request = HoldCertificateRequest(name=name, reason=APPEAL, note="申诉〔2026〕3号", **more)
    return await world.supervisor.HoldCertificate(request)


async def outcome(world, certificate):
    return (await world.verify(certificate.number, certificate.holder_name)).outcome


async def test_a_hold_is_seen_at_once_and_a_release_undoes_it(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    document = await world.supervisor.GetCertificateDocument(GetCertificateDocumentRequest(name=found.name))
    assert (await hold(world, found.name, etag=found.etag)).state == HELD
    answer = await world.verify(found.number, found.holder_name)
    assert answer.outcome == answers.VERIFICATION_OUTCOME_ON_HOLD
    assert list(answer.checked) == NUMBER_STATUS
    assert "申诉" not in str(answer) and not answer.HasField("revoke_time")
    by_document = await world.public.VerifyCertificate(VerifyCertificateRequest(document=document.content))
    assert by_document.outcome == answers.VERIFICATION_OUTCOME_ON_HOLD
    released = await world.supervisor.ReleaseCertificate(ReleaseCertificateRequest(name=found.name))
    assert released.state == pb.CERTIFICATE_STATE_ISSUED
    assert await outcome(world, found) == answers.VERIFICATION_OUTCOME_VALID


async def test_the_history_of_holds_is_kept(world, clock):
    await world.deliver(world.result(1))
    found = await world.certificate()
    start = clock.now()
    await hold(world, found.name)
    clock.advance(hours=2)
    await world.supervisor.ReleaseCertificate(ReleaseCertificateRequest(name=found.name, note="维持原结果"))
    await hold(world, found.name)
    listed = await world.supervisor.ListHolds(ListHoldsRequest(parent=found.name))
    first, second = sorted(listed.holds, key=lambda each: each.hold_time.seconds)
    assert (first.reason, first.note, first.end_note) == (APPEAL, "申诉〔2026〕3号", "维持原结果")
    assert first.end_time.seconds - first.hold_time.seconds == 7200
    assert first.hold_time.seconds == int(start.timestamp())
    assert not second.HasField("end_time") and second.name.startswith(f"{found.name}/holds/")


async def test_a_held_certificate_may_be_revoked_for_ever(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    await hold(world, found.name)
    reason = pb.REVOCATION_REASON_MISCONDUCT
    await world.supervisor.RevokeCertificate(RevokeCertificateRequest(name=found.name, reason=reason))
    assert await outcome(world, found) == answers.VERIFICATION_OUTCOME_REVOKED
    (ended,) = (await world.supervisor.ListHolds(ListHoldsRequest(parent=found.name))).holds
    assert ended.HasField("end_time")
    for request in (HoldCertificateRequest(name=found.name, reason=APPEAL), ReleaseCertificateRequest):
        call = world.supervisor.HoldCertificate if request is not ReleaseCertificateRequest else None
        with pytest.raises(grpc.aio.AioRpcError, match="REVOKED"):
            await (call(request) if call else world.supervisor.ReleaseCertificate(request(name=found.name)))


async def test_an_annulled_result_revokes_also_what_is_on_hold(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    await hold(world, found.name)
    await world.deliver(world.annulment(1))
    assert await outcome(world, found) == answers.VERIFICATION_OUTCOME_REVOKED


async def test_what_is_on_hold_is_neither_held_again_nor_corrected(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    await hold(world, found.name)
    with pytest.raises(grpc.aio.AioRpcError, match="HELD"):
        await hold(world, found.name)
    with pytest.raises(grpc.aio.AioRpcError, match="HELD"):
        correction = SupersedeCertificateRequest(name=found.name, holder_name="更正名")
        await world.supervisor.SupersedeCertificate(correction)


async def test_what_stands_cannot_be_released(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    with pytest.raises(grpc.aio.AioRpcError, match="ISSUED"):
        await world.supervisor.ReleaseCertificate(ReleaseCertificateRequest(name=found.name))


async def test_only_the_owner_and_the_authority_hold(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    own = HoldCertificateRequest(name=found.name, owner="bodies/b1", reason=APPEAL)
    other = HoldCertificateRequest(name=found.name, owner="bodies/b2", reason=APPEAL)
    for staff, request, code in (
        (world.staff("bodies/b2"), own, grpc.StatusCode.PERMISSION_DENIED),
        (world.staff("bodies/b2"), other, grpc.StatusCode.NOT_FOUND),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await staff.HoldCertificate(request)
        assert refused.value.code() == code
    assert (await world.staff("bodies/b1").HoldCertificate(own)).state == HELD
    release = ReleaseCertificateRequest(name=found.name, owner="bodies/b1")
    assert (await world.staff("bodies/b1").ReleaseCertificate(release)).state != HELD


async def test_a_repeated_request_holds_once(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    same = "5f0f0f0e-0000-4000-8000-000000000001"
    first = await hold(world, found.name, request_id=same)
    assert await hold(world, found.name, request_id=same) == first
    assert len((await world.supervisor.ListHolds(ListHoldsRequest(parent=found.name))).holds) == 1
