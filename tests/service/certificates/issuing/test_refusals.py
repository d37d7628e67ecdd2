"""What the lint has against a certificate is on the certificate, until a version with nothing against it runs."""

import asyncio

import pytest
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1.certificate_service_pb2 import GetCertificateRequest, RevokeCertificateRequest

from services.certificates.issuing.usecases.issuance import LINT_FAILED
from services.certificates.proofs.signing import glyphs
from services.certificates.proofs.signing.workshop import Workshop

NAME = "张\U000323af"


@pytest.fixture
async def world(life):
    return await life(reaper_interval=0.02)


async def told(world, wanted):
    """The one certificate, as soon as `wanted` is true of it."""
    async with asyncio.timeout(20):
        while True:
            (found,) = await world._list()
            if wanted(found):
                return found
            await asyncio.sleep(0.01)


async def test_whoever_may_see_it_reads_why_it_is_not_signed(world):
    await world.deliver(world.completion(1, holder_name=NAME))
    found = await told(world, lambda one: one.refusal)
    assert found.state == pb.CERTIFICATE_STATE_INTENT
    assert "GLYPH_MISSING" in found.refusal and "U+323AF" in found.refusal
    again = await world.supervisor.GetCertificate(GetCertificateRequest(name=found.name))
    assert again.refusal == found.refusal


async def test_it_is_written_and_logged_once_however_often_it_is_looked_at(world, log, monkeypatch):
    looked = []
    lint = Workshop.lint

    async def counted(self, candidates):
        looked.append(candidates)
        return await lint(self, candidates)

    monkeypatch.setattr(Workshop, "lint", counted)
    await world.deliver(world.completion(1, holder_name=NAME))
    first = await told(world, lambda one: one.refusal)
    seen = len(looked)
    async with asyncio.timeout(20):
        while len(looked) < seen + 5:
            await asyncio.sleep(0.01)
    (last,) = await world._list()
    assert (last.etag, last.update_time) == (first.etag, first.update_time)
    assert len(log.lines(LINT_FAILED)) == 1


async def test_it_is_issued_by_a_version_that_has_nothing_against_it(life, monkeypatch):
    world = await life()
    await world.deliver(world.completion(1, holder_name=NAME))
    await told(world, lambda one: one.refusal)
    monkeypatch.setattr(glyphs, "missing", lambda _: [])
    world = await life()
    found = await told(world, lambda one: one.state == pb.CERTIFICATE_STATE_ISSUED)
    assert found.refusal == ""


async def test_it_keeps_no_other_back_and_can_be_revoked(world):
    await world.deliver(world.completion(1, holder_name=NAME), world.completion(2))
    async with asyncio.timeout(20):
        while True:
            found = {one.state: one for one in await world._list()}
            if pb.CERTIFICATE_STATE_ISSUED in found and found[pb.CERTIFICATE_STATE_INTENT].refusal:
                break
            await asyncio.sleep(0.01)
    refused, issued = found[pb.CERTIFICATE_STATE_INTENT], found[pb.CERTIFICATE_STATE_ISSUED]
    assert issued.refusal == ""
    revoke = RevokeCertificateRequest(name=refused.name, reason=pb.REVOCATION_REASON_ISSUED_IN_ERROR)
    revoked = await world.supervisor.RevokeCertificate(revoke)
    assert (revoked.state, revoked.refusal) == (pb.CERTIFICATE_STATE_REVOKED, refused.refusal)
