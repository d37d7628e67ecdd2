"""Employers and their keys, over real gRPC."""

from datetime import timedelta
from uuid import uuid4

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from shuzheng.certificates.v1 import employer_pb2, employer_service_pb2, verification_report_service_pb2
from shuzheng.certificates.v1.employer_service_pb2_grpc import EmployerServiceStub
from shuzheng.certificates.v1.verification_report_service_pb2_grpc import VerificationReportServiceStub
from sqlalchemy import select

from services.certificates.verifying.storage.rows.api_keys import ApiKeyRow
from services.kit.rpc.status import from_call
from tests.support.services import Caller

USCC = "91330100799655058B"


@pytest.fixture
async def employers(world):
    """The authority's stub, with one employer registered."""
    stub = world.opened.stub(EmployerServiceStub, "supervisor")
    await create(stub, "acme")
    return stub


async def create(stub, identifier, **changes):
    wanted = employer_pb2.Employer(**({"display_name": "示例科技公司", "uscc": USCC} | changes))
    request = employer_service_pb2.CreateEmployerRequest(employer_id=identifier, employer=wanted)
    return await stub.CreateEmployer(request)


async def create_key(stub, request_id="", **values):
    wanted = employer_pb2.ApiKey(display_name="人事系统", **values)
    request = employer_service_pb2.CreateApiKeyRequest(
        parent="employers/acme", api_key=wanted, request_id=request_id
    )
    return await stub.CreateApiKey(request)


async def reason(call):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    return from_call(refused.value).reason


def reports(world, secret):
    """The stub of a program that has a key."""
    return VerificationReportServiceStub(Caller(world.opened.channel, (("x-api-key", secret),)))


def list_reports(stub, employer="employers/acme"):
    return stub.ListVerificationReports(
        verification_report_service_pb2.ListVerificationReportsRequest(parent=employer)
    )


async def test_an_employer_is_registered_read_changed_and_listed(employers):
    made = await create(employers, "", display_name="另一公司", uscc="911111111111111111")
    assert made.uscc_problems
    mask = FieldMask(paths=["uscc"])
    wanted = employer_pb2.Employer(name=made.name, etag=made.etag, uscc=USCC)
    request = employer_service_pb2.UpdateEmployerRequest(employer=wanted, update_mask=mask)
    changed = await employers.UpdateEmployer(request)
    assert (list(changed.uscc_problems), changed.display_name) == ([], "另一公司")
    assert await reason(employers.UpdateEmployer(request)) == "STALE_ETAG"
    found = await employers.ListEmployers(employer_service_pb2.ListEmployersRequest())
    assert {one.name for one in found.employers} == {made.name, "employers/acme"}


async def test_an_employer_sees_itself_only(world, employers):
    own = world.opened.stub(EmployerServiceStub, "employer", "employers/acme")
    get = employer_service_pb2.GetEmployerRequest
    assert (await own.GetEmployer(get(name="employers/acme"))).uscc == USCC
    assert await reason(own.GetEmployer(get(name="employers/acme2"))) == "OTHER_TENANT"
    assert await reason(own.ListEmployers(employer_service_pb2.ListEmployersRequest())) == "ROLE_NOT_ALLOWED"


async def test_a_secret_is_told_once_and_kept_as_a_digest_only(world, employers):
    request_id = str(uuid4())
    made = await create_key(employers, request_id)
    again = await create_key(employers, request_id)
    assert (made.api_key, made.secret != "", again.secret) == (again.api_key, True, "")
    listed = await employers.ListApiKeys(employer_service_pb2.ListApiKeysRequest(parent="employers/acme"))
    assert list(listed.api_keys) == [made.api_key]
    async with world.service.store.read() as tx:
        (row,) = await tx.all(select(ApiKeyRow))
    assert made.secret.rpartition("_")[2] not in str(row.model_dump())


async def test_a_key_opens_its_own_employer_and_nothing_else(world, employers):
    await create(employers, "other")
    made = await create_key(employers)
    assert (await list_reports(reports(world, made.secret))).next_page_token == ""
    assert await reason(list_reports(reports(world, made.secret), "employers/other")) == "OTHER_TENANT"


async def test_wrong_unknown_expired_and_revoked_keys_are_answered_alike(world, employers, clock):
    soon = Timestamp()
    soon.FromDatetime(clock.now() + timedelta(hours=1))
    short = (await create_key(employers, expire_time=soon)).secret
    revoked = await create_key(employers)
    request = employer_service_pb2.RevokeApiKeyRequest(name=revoked.api_key.name)
    first = await employers.RevokeApiKey(request)
    assert await employers.RevokeApiKey(request) == first
    clock.advance(hours=1)
    wrong = [
        short,
        revoked.secret,
        short + "x",
        short[:-1],
        short.replace("acme", "nobody"),
        "szk_",
        "x",
        "a_b_c_d",
    ]
    answers = set()
    for secret in wrong:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await list_reports(reports(world, secret))
        answers.add((refused.value.code(), refused.value.details()))
    assert len(answers) == 1
    assert answers.pop()[0] is grpc.StatusCode.UNAUTHENTICATED


async def test_a_key_ends_within_the_rule(employers, clock):
    far = Timestamp()
    far.FromDatetime(clock.now() + timedelta(days=367))
    assert await reason(create_key(employers, expire_time=far)) == "API_KEY_TERM"
    made = await create_key(employers)
    assert made.api_key.expire_time.ToDatetime() - clock.now().replace(tzinfo=None) == timedelta(days=366)


async def test_an_employer_has_so_many_valid_keys_and_no_more(employers):
    made = [await create_key(employers) for _ in range(20)]
    assert await reason(create_key(employers)) == "TOO_MANY_API_KEYS"
    await employers.RevokeApiKey(employer_service_pb2.RevokeApiKeyRequest(name=made[0].api_key.name))
    await create_key(employers)


async def test_reports_are_closed_to_everybody_else(world, employers):
    for role, tenant in (
        ("public", ""),
        ("institution", "institutions/i"),
        ("employer", "employers/unknown"),
    ):
        stub = world.opened.stub(VerificationReportServiceStub, role, tenant)
        assert await reason(list_reports(stub)) == "UNAUTHENTICATED"
    for role, tenant in (("supervisor", ""), ("employer", "employers/acme")):
        await list_reports(world.opened.stub(VerificationReportServiceStub, role, tenant))
