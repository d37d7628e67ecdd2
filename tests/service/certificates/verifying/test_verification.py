"""What the public hears: by number and name, by document, in bulk; and nothing that it should not."""

import json
from datetime import UTC, datetime

import grpc
import pytest
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import events_pb2
from shuzheng.certificates.v1 import verification_pb2 as answers
from shuzheng.certificates.v1.certificate_service_pb2 import (
    GetCertificateDocumentRequest,
    RevokeCertificateRequest,
    SupersedeCertificateRequest,
)
from shuzheng.certificates.v1.verification_service_pb2 import (
    BatchVerifyRequest,
    GetDidDocumentRequest,
    NumberAndName,
    VerifyCertificateRequest,
)

VALID = answers.VERIFICATION_OUTCOME_VALID
REVOKED = answers.VERIFICATION_OUTCOME_REVOKED
SUPERSEDED = answers.VERIFICATION_OUTCOME_SUPERSEDED
EXPIRED = answers.VERIFICATION_OUTCOME_EXPIRED
UNKNOWN = answers.VERIFICATION_OUTCOME_NOT_FOUND_OR_NAME_MISMATCH
BAD_SIGNATURE = answers.VERIFICATION_OUTCOME_BAD_SIGNATURE
UNKNOWN_ISSUER = answers.VERIFICATION_OUTCOME_UNKNOWN_ISSUER


async def document_of(world, name):
    return (await world.supervisor.GetCertificateDocument(GetCertificateDocumentRequest(name=name))).content


async def verify_document(world, raw):
    return await world.public.VerifyCertificate(VerifyCertificateRequest(document=raw))


async def test_number_and_name_verify_and_tell_little(world):
    await world.deliver(world.result(1, holder_name="古丽·买买提"))
    found = await world.certificate()
    answer = await world.verify(found.number, "古丽·买买提")
    assert answer.outcome == VALID
    assert list(answer.checked) == [
        answers.VERIFICATION_CHECK_NUMBER_AND_NAME,
        answers.VERIFICATION_CHECK_STATUS,
        answers.VERIFICATION_CHECK_DATES,
    ]
    assert answer.number == found.number
    assert answer.kind == events_pb2.CERTIFICATE_KIND_GRADE
    assert answer.qualification == found.qualification
    assert answer.owner_display_name == "示例评价机构"
    assert answer.valid_from == found.valid_from and not answer.HasField("valid_until")
    assert "p-1" not in str(answer) and "古丽" not in str(answer)


@pytest.mark.parametrize("name", ["古丽买买提", "古丽 • 买买提", "古丽・买买提", " 古丽\u3000·买买提"])
async def test_spelling_of_blanks_and_dots_does_not_matter(world, name):
    await world.deliver(world.result(1, holder_name="古丽·买买提"))
    number = (await world.certificate()).number
    spaced = f"{number[:4]} {number[4:10]}-{number[10:]}".lower()
    assert (await world.verify(spaced, name)).outcome == VALID


async def test_a_thousand_wrong_names_and_numbers_answer_alike(world):
    await world.deliver(world.completion(1), world.completion(2), world.withdrawal(2))
    valid, revoked = sorted(await world.certificates(), key=lambda c: c.state)
    answers_seen = set()
    for number in range(500):
        for known in (valid, revoked):
            answers_seen.add((await world.verify(known.number, f"错名{number}")).SerializeToString())
        wrong = f"DE26{number:012d}00"
        answers_seen.add((await world.verify(wrong, valid.holder_name)).SerializeToString())
    (only,) = answers_seen
    answer = answers.Verification.FromString(only)
    assert answer.outcome == UNKNOWN
    assert [field.name for field, _ in answer.ListFields()] == ["outcome", "checked"]


async def test_a_draft_does_not_exist_for_verifiers(world, monkeypatch):
    async def signs_nothing(self, batch):
        return {}

    monkeypatch.setattr("services.certificates.issuing.usecases.issuance.Issuance.sign", signs_nothing)
    await world.deliver(world.completion(1))
    (draft,) = await world._list()
    assert draft.state == pb.CERTIFICATE_STATE_INTENT
    assert (await world.verify(draft.number, draft.holder_name)).outcome == UNKNOWN
    with pytest.raises(grpc.aio.AioRpcError, match="carries no signature"):
        await document_of(world, draft.name)


async def test_a_revoked_certificate_says_why_and_when(world):
    await world.deliver(world.completion(1))
    found = await world.certificate()
    reason = pb.REVOCATION_REASON_FALSE_EVIDENCE
    await world.supervisor.RevokeCertificate(
        RevokeCertificateRequest(name=found.name, reason=reason, note="举报属实")
    )
    answer = await world.verify(found.number, found.holder_name)
    assert (answer.outcome, answer.revocation_reason) == (REVOKED, reason)
    assert answer.revoke_time.seconds == int(world.service.clock.now().timestamp())
    assert "举报" not in str(answer)
    document = await document_of(world, found.name)
    assert (await verify_document(world, document)).outcome == REVOKED


async def test_a_superseded_certificate_resolves_to_the_new_one(world):
    await world.deliver(world.completion(1))
    old = await world.certificate()
    document = await document_of(world, old.name)
    new = await world.supervisor.SupersedeCertificate(
        SupersedeCertificateRequest(name=old.name, holder_name="更正名")
    )
    await world.certificates()
    answer = await world.verify(old.number, old.holder_name)
    assert (answer.outcome, answer.superseded_by) == (SUPERSEDED, new.number)
    assert (await verify_document(world, document)).outcome == SUPERSEDED
    assert (await world.verify(new.number, "更正名")).outcome == VALID
    assert (await world.verify(new.number, old.holder_name)).outcome == UNKNOWN


async def test_validity_ends_on_the_moment(open_service, world_of, clock, expiring_policy):
    world = world_of(await open_service("certificates", policy_file=expiring_policy))
    clock.set(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    await world.deliver(world.completion(1))
    found = await world.certificate()
    document = await document_of(world, found.name)
    clock.set(datetime(2027, 3, 2, 0, 59, 59, tzinfo=UTC))
    assert (await world.verify(found.number, found.holder_name)).outcome == VALID
    clock.set(datetime(2027, 3, 2, 1, 0, tzinfo=UTC))
    assert (await world.verify(found.number, found.holder_name)).outcome == EXPIRED
    assert (await verify_document(world, document)).outcome == EXPIRED
    assert json.loads(document)["validUntil"] == "2027-03-02T01:00:00Z"
    assert found.holder_name not in document.decode()


async def test_validity_has_not_begun_for_a_clock_that_is_earlier(world, clock):
    await world.deliver(world.completion(1))
    found = await world.certificate()
    document = await document_of(world, found.name)
    clock.advance(seconds=-1)
    answer = await world.verify(found.number, found.holder_name)
    assert answer.outcome == answers.VERIFICATION_OUTCOME_NOT_YET_VALID
    assert answer.checked[-1] == answers.VERIFICATION_CHECK_DATES
    assert (await verify_document(world, document)).outcome == answer.outcome
    clock.advance(seconds=1)
    assert (await world.verify(found.number, found.holder_name)).outcome == VALID


async def test_a_document_verifies_and_names_its_key(world):
    await world.deliver(world.result(1))
    document = await document_of(world, (await world.certificate()).name)
    answer = await verify_document(world, document)
    assert answer.outcome == VALID
    assert answer.verification_method.startswith("did:web:certificates.example#")
    assert list(answer.checked) == [
        answers.VERIFICATION_CHECK_ISSUER,
        answers.VERIFICATION_CHECK_SIGNATURE,
        answers.VERIFICATION_CHECK_REGISTER,
        answers.VERIFICATION_CHECK_STATUS,
        answers.VERIFICATION_CHECK_DATES,
    ]


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("80.5", "90.5", BAD_SIGNATURE),
        ("did:web:certificates.example", "did:web:certificates.evil", UNKNOWN_ISSUER),
        ("#credential-", "#other-", UNKNOWN_ISSUER),
        ('{"@context"', '{"x":1,"@context"', BAD_SIGNATURE),
        ("{", "[", BAD_SIGNATURE),
    ],
)
async def test_a_changed_document_is_refused(world, old, new, outcome):
    await world.deliver(world.completion(1))
    document = (await document_of(world, (await world.certificate()).name)).decode()
    assert old in document
    answer = await verify_document(world, document.replace(old, new).encode())
    assert answer.outcome == outcome
    assert answer.number == ""


async def test_a_signed_document_that_the_register_does_not_hold_is_not_found(world, open_service, world_of):
    other = world_of(await open_service("certificates"))  # the same keys, another register
    await other.deliver(other.completion(1))
    document = await document_of(other, (await other.certificate()).name)
    assert (await verify_document(other, document)).outcome == VALID
    assert (await verify_document(world, document)).outcome == UNKNOWN


async def test_a_batch_answers_row_by_row_in_order(world):
    await world.deliver(*(world.completion(number) for number in range(50)), world.withdrawal(7))
    found = await world.certificates()
    rows = [NumberAndName(number=c.number, holder_name=c.holder_name) for c in found]
    rows[3].holder_name = "不是他"
    rows.append(NumberAndName(number="DE26000000000000", holder_name="无此人"))
    rows.append(rows[0])  # asked twice, answered twice
    requests = [BatchVerifyRequest(rows=rows[:20]), BatchVerifyRequest(), BatchVerifyRequest(rows=rows[20:])]
    responses = [response async for response in world.public.BatchVerify(iter(requests))]
    assert [len(response.verifications) for response in responses] == [20, 0, 32]
    found_answers = [answer for response in responses for answer in response.verifications]
    expected = [REVOKED if c.state == pb.CERTIFICATE_STATE_REVOKED else VALID for c in found]
    expected[3] = UNKNOWN
    assert [answer.outcome for answer in found_answers] == [*expected, UNKNOWN, expected[0]]
    assert [a.number for a in found_answers[:3]] == [c.number for c in found[:3]]


@pytest.mark.parametrize(
    "request_message",
    [
        VerifyCertificateRequest(),
        VerifyCertificateRequest(printed=NumberAndName(number="DE26")),
        VerifyCertificateRequest(printed=NumberAndName(number="x" * 61, holder_name="张三")),
        VerifyCertificateRequest(document=b"x"),
    ],
    ids=["nothing", "no name", "long number", "short document"],
)
async def test_a_request_of_the_wrong_shape_is_invalid(world, request_message):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.public.VerifyCertificate(request_message)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_more_than_a_thousand_rows_a_message_are_refused(world):
    request = BatchVerifyRequest(rows=[NumberAndName(number="1", holder_name="张三")] * 1001)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        [response async for response in world.public.BatchVerify(iter([request]))]
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_the_did_document_holds_the_key_that_signs(world):
    await world.deliver(world.completion(1))
    document = json.loads(await document_of(world, (await world.certificate()).name))
    answer = await world.public.GetDidDocument(GetDidDocumentRequest())
    did = json.loads(answer.content)
    assert did["id"] == answer.did == document["issuer"]["id"]
    assert document["proof"][0]["verificationMethod"] in did["assertionMethod"]
