"""Share links: for one purpose, with chosen fields, until a chosen moment, and true about the certificate's status."""

from datetime import timedelta
from uuid import uuid4

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import hold_pb2
from shuzheng.certificates.v1 import share_pb2 as fields
from shuzheng.certificates.v1 import share_service_pb2 as messages
from shuzheng.certificates.v1 import verification_pb2 as answers
from shuzheng.certificates.v1.certificate_service_pb2 import (
    GetCertificateDocumentRequest,
    RevokeCertificateRequest,
    SupersedeCertificateRequest,
)
from shuzheng.certificates.v1.hold_service_pb2 import HoldCertificateRequest
from shuzheng.certificates.v1.share_service_pb2_grpc import ShareServiceStub
from sqlalchemy import text

NAME, SCORES = fields.SHARED_FIELD_HOLDER_NAME, fields.SHARED_FIELD_SCORES
ALWAYS = {"outcome", "purpose", "expire_time", "kind", "shown"}


class Sharing:
    """A certificate and the callers around it."""

    def __init__(self, world, certificate, document):
        self.world = world
        self.certificate = certificate
        self.document = document
        self.public = world.opened.stub(ShareServiceStub)
        self.supervisor = world.opened.stub(ShareServiceStub, "supervisor")

    def terms(self, *shown, days=30.0, purpose="应聘 示例公司"):
        moment = Timestamp()
        moment.FromDatetime(self.world.service.clock.now() + timedelta(days=days))
        return messages.ShareTerms(purpose=purpose, shown=shown or [NAME], expire_time=moment)

    async def by_holder(self, *shown, document=b"", request_id="", **terms):
        return await self.public.CreateShareByHolder(
            messages.CreateShareByHolderRequest(
                document=document or self.document, terms=self.terms(*shown, **terms), request_id=request_id
            )
        )

    async def open(self, token):
        return await self.public.GetSharedCertificate(messages.GetSharedCertificateRequest(token=token))

    async def refused(self, call) -> grpc.StatusCode:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        self.message = error.value.details()
        return error.value.code()


@pytest.fixture
async def sharing(world) -> Sharing:
    await world.deliver(world.result(1))
    found = await world.certificate()
    request = GetCertificateDocumentRequest(name=found.name)
    document = (await world.supervisor.GetCertificateDocument(request)).content
    return Sharing(world, found, document)


def seen(answer) -> set[str]:
    return {field.name for field, _ in answer.ListFields()}


async def test_a_link_shows_what_was_chosen_and_no_more(sharing):
    made = await sharing.by_holder(NAME)
    answer = await sharing.open(made.token)
    assert answer.outcome == answers.VERIFICATION_OUTCOME_VALID
    assert (answer.holder_name, answer.purpose) == (sharing.certificate.holder_name, "应聘 示例公司")
    assert seen(answer) == ALWAYS | {"holder_name"}
    assert made.url == f"https://certificates.example/s/{made.token}"
    assert sharing.certificate.number not in str(answer)


async def test_everything_can_be_chosen_and_also_nothing(sharing):
    made = await sharing.by_holder(*fields.SharedField.values()[1:])
    answer = await sharing.open(made.token)
    found = sharing.certificate
    assert (answer.number, answer.qualification) == (found.number, found.qualification)
    assert (answer.theory_score, answer.ability_score) == ("81", "76.5")
    assert (answer.awarded_on, answer.valid_from) == (found.awarded_on, found.valid_from)
    assert answer.owner_display_name == found.owner_display_name
    nothing = sharing.terms()
    del nothing.shown[:]
    request = messages.CreateShareByHolderRequest(document=sharing.document, terms=nothing)
    made = await sharing.public.CreateShareByHolder(request)
    assert seen(await sharing.open(made.token)) == ALWAYS - {"shown"}


async def test_a_link_ends_on_the_moment(sharing, clock):
    made = await sharing.by_holder(days=1)
    clock.advance(days=1, seconds=-1)
    assert (await sharing.open(made.token)).holder_name
    clock.advance(seconds=1)
    assert await sharing.refused(sharing.open(made.token)) == grpc.StatusCode.FAILED_PRECONDITION
    assert "time of this link is over" in sharing.message


@pytest.mark.parametrize("days", [-1, 0, 367])
async def test_a_link_ends_in_the_future_and_within_a_year(sharing, days):
    assert await sharing.refused(sharing.by_holder(days=days)) == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_link_says_that_the_certificate_was_revoked(sharing):
    made = await sharing.by_holder(SCORES)
    reason = pb.REVOCATION_REASON_MISCONDUCT
    await sharing.world.supervisor.RevokeCertificate(
        RevokeCertificateRequest(name=sharing.certificate.name, reason=reason, note="内部说明")
    )
    answer = await sharing.open(made.token)
    assert (answer.outcome, answer.revocation_reason) == (answers.VERIFICATION_OUTCOME_REVOKED, reason)
    assert answer.HasField("revoke_time") and "内部" not in str(answer)
    assert await sharing.refused(sharing.by_holder()) == grpc.StatusCode.FAILED_PRECONDITION


async def test_a_link_says_that_the_certificate_is_on_hold_or_replaced(sharing):
    made = await sharing.by_holder()
    hold = HoldCertificateRequest(name=sharing.certificate.name, reason=hold_pb2.HOLD_REASON_APPEAL)
    held = await sharing.world.supervisor.HoldCertificate(hold)
    assert (await sharing.open(made.token)).outcome == answers.VERIFICATION_OUTCOME_ON_HOLD
    await sharing.by_holder()  # a held certificate can be shared; the link tells the truth
    assert held.state == pb.CERTIFICATE_STATE_HELD


async def test_a_replaced_certificate_says_so(sharing):
    made = await sharing.by_holder()
    await sharing.world.supervisor.SupersedeCertificate(
        SupersedeCertificateRequest(name=sharing.certificate.name, holder_name="更正名")
    )
    assert (await sharing.open(made.token)).outcome == answers.VERIFICATION_OUTCOME_SUPERSEDED


async def test_a_changed_or_strange_document_makes_no_link(sharing):
    changed = sharing.document.replace(b'"81"', b'"99"')
    assert changed != sharing.document
    for document in (changed, b"{}", b"\xff\xff"):
        refused = sharing.by_holder(document=document)
        assert await sharing.refused(refused) == grpc.StatusCode.INVALID_ARGUMENT


async def test_tokens_are_long_different_and_kept_as_digests_only(sharing):
    made = [await sharing.by_holder() for _ in range(3)]
    tokens = {each.token for each in made}
    assert len(tokens) == 3 and min(map(len, tokens)) == 22  # 128 bits in base64url
    async with sharing.world.service.store.read() as tx:
        stored = str((await tx.execute(text("SELECT * FROM shares"))).all())
    assert not any(token in stored for token in tokens)
    for wrong in ("x", "A" * 22, made[0].token[:-1], made[0].share.name):
        assert await sharing.refused(sharing.open(wrong)) == grpc.StatusCode.NOT_FOUND


async def test_a_repeated_request_makes_one_link_and_tells_no_token_twice(sharing):
    same = str(uuid4())
    first = await sharing.by_holder(request_id=same)
    again = await sharing.by_holder(request_id=same)
    assert (again.share, again.token, again.url) == (first.share, "", "")


async def test_holders_make_twenty_links_a_day_and_no_more(sharing, clock):
    for _ in range(20):
        await sharing.by_holder()
    assert await sharing.refused(sharing.by_holder()) == grpc.StatusCode.RESOURCE_EXHAUSTED
    clock.advance(days=1, seconds=1)
    await sharing.by_holder()


async def test_a_holder_lists_nothing_but_ends_a_link_with_the_document(sharing):
    made = await sharing.by_holder()
    await sharing.world.deliver(sharing.world.result(2))
    (other,) = [c for c in await sharing.world.certificates() if c.name != sharing.certificate.name]
    strange = GetCertificateDocumentRequest(name=other.name)
    strange = (await sharing.world.supervisor.GetCertificateDocument(strange)).content
    request = messages.EndShareByHolderRequest(name=made.share.name, document=strange)
    assert await sharing.refused(sharing.public.EndShareByHolder(request)) == grpc.StatusCode.NOT_FOUND
    request = messages.EndShareByHolderRequest(name=made.share.name, document=sharing.document)
    assert (await sharing.public.EndShareByHolder(request)).HasField("end_time")
    assert await sharing.refused(sharing.open(made.token)) == grpc.StatusCode.NOT_FOUND
    listing = sharing.public.ListShares(messages.ListSharesRequest(parent=sharing.certificate.name))
    assert await sharing.refused(listing) == grpc.StatusCode.UNAUTHENTICATED


async def test_staff_of_the_owner_make_list_and_end_links_at_the_holders_wish(sharing):
    own = sharing.world.opened.stub(ShareServiceStub, "body", "bodies/b1")
    other = sharing.world.opened.stub(ShareServiceStub, "body", "bodies/b2")
    name = sharing.certificate.name
    request = messages.CreateShareRequest(parent=name, owner="bodies/b1", terms=sharing.terms())
    made = await own.CreateShare(request)
    assert (await sharing.open(made.token)).holder_name and not made.share.by_holder
    assert await sharing.refused(other.CreateShare(request)) == grpc.StatusCode.PERMISSION_DENIED
    request.owner = "bodies/b2"
    assert await sharing.refused(other.CreateShare(request)) == grpc.StatusCode.NOT_FOUND
    await sharing.by_holder()
    listed = await own.ListShares(messages.ListSharesRequest(parent=name, owner="bodies/b1"))
    assert [share.by_holder for share in listed.shares] == [False, True]
    assert made.token not in str(listed)
    end = messages.EndShareRequest(name=made.share.name, owner="bodies/b1")
    ended = await own.EndShare(end)
    assert await own.EndShare(end) == ended
    assert await sharing.refused(sharing.open(made.token)) == grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("purpose", ["", "x" * 201, "a\x00b", "   "])
async def test_a_purpose_is_text_that_can_be_shown(sharing, purpose):
    assert await sharing.refused(sharing.by_holder(purpose=purpose)) == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_moment_beyond_the_calendar_is_refused(sharing):
    terms = sharing.terms()
    terms.expire_time.seconds = 2**60
    request = messages.CreateShareByHolderRequest(document=sharing.document, terms=terms)
    assert await sharing.refused(sharing.public.CreateShareByHolder(request)) == (
        grpc.StatusCode.INVALID_ARGUMENT
    )
