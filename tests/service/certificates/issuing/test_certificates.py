"""Certificates for their issuers: reading, revoking, correcting, exporting, and the walls between tenants."""

import asyncio
import json
from hashlib import sha256
from uuid import uuid4

import grpc
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import certificate_service_pb2 as messages
from shuzheng.certificates.v1 import events_pb2
from shuzheng.certificates.v1.certificate_service_pb2_grpc import CertificateServiceStub
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest

REASON = pb.REVOCATION_REASON_ISSUED_IN_ERROR
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def refused(code):
    return pytest.raises(grpc.aio.AioRpcError, match=code.name)


@pytest.fixture
async def two(world):
    """A training certificate of institution i1 and a grade certificate of body b1."""
    await world.deliver(world.completion(1), world.result(1))
    found = await world.certificates()
    return sorted(found, key=lambda c: c.kind)


async def test_staff_reads_its_own_and_nothing_else_exists_for_it(world, two):
    training, grade = two
    staff = world.staff("institutions/i1")
    own = messages.GetCertificateRequest(name=training.name, owner="institutions/i1")
    assert await staff.GetCertificate(own) == training
    with refused(grpc.StatusCode.NOT_FOUND):
        await staff.GetCertificate(messages.GetCertificateRequest(name=grade.name, owner="institutions/i1"))
    for owner in ("", "bodies/b1", "institutions/i10"):
        with refused(grpc.StatusCode.PERMISSION_DENIED):
            await staff.GetCertificate(messages.GetCertificateRequest(name=training.name, owner=owner))


@pytest.mark.parametrize("role", ["public", "candidate", "employer", "examiner"])
async def test_others_may_not_list(world, role):
    stub = world.opened.stub(CertificateServiceStub, role, f"{role}s/x")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.ListCertificates(messages.ListCertificatesRequest(owner=f"{role}s/x"))
    assert error.value.code() in {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED}


async def test_a_foreign_certificate_can_be_neither_revoked_nor_corrected_nor_fetched(world, two):
    _, grade = two
    staff = world.staff("institutions/i1")
    about = {"name": grade.name, "owner": "institutions/i1"}
    with refused(grpc.StatusCode.NOT_FOUND):
        await staff.RevokeCertificate(messages.RevokeCertificateRequest(**about, reason=REASON))
    with refused(grpc.StatusCode.NOT_FOUND):
        await staff.SupersedeCertificate(messages.SupersedeCertificateRequest(**about, holder_name="新名"))
    with refused(grpc.StatusCode.NOT_FOUND):
        await staff.GetCertificateDocument(messages.GetCertificateDocumentRequest(**about))
    assert (await world.certificate(owner="bodies/b1")).state == pb.CERTIFICATE_STATE_ISSUED


@pytest.mark.parametrize(
    "wanted",
    [
        {"owner": "bodies/b1"},
        {"source": "bodies/b1/results/r1"},
        {"kind": events_pb2.CERTIFICATE_KIND_GRADE},
        {"kind": events_pb2.CERTIFICATE_KIND_GRADE, "person": "p-1", "occupation": "artificial-intelligence"},
    ],
    ids=str,
)
async def test_filters_narrow_the_list(world, two, wanted):
    assert [c.name for c in await world.certificates(**wanted)] == [two[1].name]


async def test_pages_follow_each_other_without_gap_or_repeat(world):
    await world.deliver(*(world.completion(number) for number in range(7)))
    everything = await world.certificates()
    found, token = [], ""
    for _ in range(4):
        page = await world.supervisor.ListCertificates(
            messages.ListCertificatesRequest(page_size=2, page_token=token)
        )
        found += page.certificates
        token = page.next_page_token
    assert found == everything and token == ""


async def test_revocation_happens_once_and_for_ever(world, two):
    training, _ = two
    request = messages.RevokeCertificateRequest(
        name=training.name, etag=training.etag, reason=REASON, note="录入错误", request_id=str(uuid4())
    )
    first = await world.supervisor.RevokeCertificate(request)
    again = await world.supervisor.RevokeCertificate(request)
    assert first == again
    assert (first.state, first.revocation_note) == (pb.CERTIFICATE_STATE_REVOKED, "录入错误")
    request.request_id = str(uuid4())
    request.etag = ""
    with refused(grpc.StatusCode.FAILED_PRECONDITION):
        await world.supervisor.RevokeCertificate(request)
    assert [kind for kind, _ in await world.facts()].count("revoked") == 1


async def test_a_stale_etag_is_refused(world, two):
    training, _ = two
    with refused(grpc.StatusCode.ABORTED):
        await world.supervisor.RevokeCertificate(
            messages.RevokeCertificateRequest(name=training.name, etag='"99"', reason=REASON)
        )


@pytest.mark.parametrize("reason", [0, 1, 2, 77])
async def test_the_reasons_of_the_system_cannot_be_given_by_hand(world, two, reason):
    with refused(grpc.StatusCode.INVALID_ARGUMENT):
        await world.supervisor.RevokeCertificate(
            messages.RevokeCertificateRequest(name=two[0].name, reason=reason)
        )


async def test_a_correction_makes_a_new_number_and_both_know_each_other(world, two):
    training, _ = two
    staff = world.staff("institutions/i1")
    request = messages.SupersedeCertificateRequest(
        name=training.name, owner="institutions/i1", holder_name="更正·名", request_id=str(uuid4())
    )
    new = await staff.SupersedeCertificate(request)
    assert (await staff.SupersedeCertificate(request)).name == new.name
    old, corrected = sorted(
        await world.certificates(source=training.source), key=lambda c: c.state, reverse=True
    )
    assert (old.state, old.superseded_by) == (pb.CERTIFICATE_STATE_SUPERSEDED, new.name)
    assert (corrected.name, corrected.supersedes) == (new.name, training.name)
    assert corrected.state == pb.CERTIFICATE_STATE_ISSUED and corrected.number != old.number
    assert (corrected.holder_name, corrected.hours) == ("更正·名", old.hours)
    kinds = [kind for kind, name in await world.facts() if name in {old.name, new.name}]
    assert kinds == ["issued", "superseded", "issued"]


async def test_a_withdrawal_reaches_the_corrected_certificate(world, two):
    training, _ = two
    await world.supervisor.SupersedeCertificate(
        messages.SupersedeCertificateRequest(name=training.name, holder_name="更正名")
    )
    await world.deliver(world.withdrawal(1))
    states = {c.name: c.state for c in await world.certificates(source=training.source)}
    assert states.pop(training.name) == pb.CERTIFICATE_STATE_SUPERSEDED
    assert list(states.values()) == [pb.CERTIFICATE_STATE_REVOKED]


@pytest.mark.parametrize(
    ("name", "code"),
    [("same", grpc.StatusCode.FAILED_PRECONDITION), ("张\u200b三", grpc.StatusCode.INVALID_ARGUMENT)],
)
async def test_a_correction_must_change_something_and_be_printable(world, two, name, code):
    training, _ = two
    wanted = training.holder_name if name == "same" else name
    with refused(code):
        await world.supervisor.SupersedeCertificate(
            messages.SupersedeCertificateRequest(name=training.name, holder_name=wanted)
        )


async def test_only_one_of_many_corrections_at_once_wins(world, two):
    training, _ = two
    attempts = [
        world.supervisor.SupersedeCertificate(
            messages.SupersedeCertificateRequest(name=training.name, holder_name=f"更正{number}")
        )
        for number in range(10)
    ]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert len([o for o in outcomes if isinstance(o, pb.Certificate)]) == 1
    assert len(await world.certificates(source=training.source)) == 2


@pytest.mark.parametrize("name", ["certificates", "certificates/X", "cohorts/x", "certificates/" + "a" * 64])
async def test_a_malformed_name_is_invalid(world, name):
    with refused(grpc.StatusCode.INVALID_ARGUMENT):
        await world.supervisor.GetCertificate(messages.GetCertificateRequest(name=name))


async def test_the_export_holds_every_signed_document_and_anyone_can_check_it(world):
    await world.deliver(*(world.completion(number) for number in range(5)), world.result(1))
    found = await world.certificates()
    did = json.loads((await world.public.GetDidDocument(GetDidDocumentRequest())).content)
    keys = {m["id"]: m["publicKeyMultibase"] for m in did["verificationMethod"]}
    exported = {}
    async for response in world.supervisor.ExportCertificates(messages.ExportCertificatesRequest()):
        exported |= {document.name: document.content for document in response.documents}
    assert list(exported) == [c.name for c in found]
    for certificate in found:
        check(exported[certificate.name], keys)
    mine = world.staff("bodies/b1").ExportCertificates(messages.ExportCertificatesRequest(owner="bodies/b1"))
    assert sum([len(response.documents) async for response in mine]) == 1


def check(raw, keys):
    """Verify an eddsa-jcs-2022 proof with nothing of the service's own code."""
    document = json.loads(raw)
    proof = {one["cryptosuite"]: one for one in document.pop("proof")}["eddsa-jcs-2022"]
    signature = base58(proof.pop("proofValue"))
    assert proof["@context"] == document["@context"]
    key = base58(keys[proof["verificationMethod"]])
    assert key[:2] == b"\xed\x01"
    hashes = sha256(rfc8785.dumps(proof)).digest() + sha256(rfc8785.dumps(document)).digest()
    Ed25519PublicKey.from_public_bytes(key[2:]).verify(signature, hashes)


def base58(text):
    digits = text.removeprefix("z")
    number = 0
    for letter in digits:
        number = number * 58 + BASE58.index(letter)
    zeros = len(digits) - len(digits.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
