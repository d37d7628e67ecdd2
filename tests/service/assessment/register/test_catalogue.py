"""Bodies, listings, sites and examiners over real gRPC: who may do what, and what is refused and why."""

from contextlib import contextmanager
from uuid import uuid4

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.type.date_pb2 import Date
from shuzheng.assessment.v1 import body_pb2, examiner_pb2, listing_pb2, site_pb2
from shuzheng.assessment.v1 import body_service_pb2 as body
from shuzheng.assessment.v1 import examiner_service_pb2 as examiner
from shuzheng.assessment.v1 import listing_service_pb2 as listing
from shuzheng.assessment.v1 import site_service_pb2 as site
from shuzheng.assessment.v1.body_service_pb2_grpc import BodyServiceStub
from shuzheng.assessment.v1.examiner_service_pb2_grpc import ExaminerServiceStub
from shuzheng.assessment.v1.listing_service_pb2_grpc import ListingServiceStub
from shuzheng.assessment.v1.site_service_pb2_grpc import SiteServiceStub
from shuzheng.type.v1.listing_pb2 import LISTING_STATE_CONFIRMED, LISTING_STATE_REMOVED

from tests.support.assessment_bank import BODY, USCC, list_body, register_body
from tests.support.fuzz import reason_of

OTHER = "bodies/other"


@contextmanager
def refused(reason, code=None):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        yield
    assert reason_of(error.value) == reason, error.value.details()
    assert code is None or error.value.code() == code


@pytest.fixture
async def opened(open_service):
    service = await open_service("assessment")
    await register_body(service)
    return service


async def test_a_wrong_check_digit_is_recorded_and_a_second_body_of_one_code_is_refused(opened):
    stub = opened.stub(BodyServiceStub, "supervisor")
    wrong = body_pb2.AssessmentBody(display_name="校验位有误的机构", uscc="91330100799655058A")
    made = await stub.CreateBody(body.CreateBodyRequest(body=wrong))
    assert made.uscc_problems and made.state == body_pb2.BODY_STATE_ACTIVE
    with refused("RESOURCE_EXISTS", grpc.StatusCode.ALREADY_EXISTS):
        await stub.CreateBody(
            body.CreateBodyRequest(body=body_pb2.AssessmentBody(display_name="重复", uscc=USCC))
        )


async def test_a_body_sees_itself_and_no_other(opened):
    await register_body(opened, OTHER, "91110108551385082Q")
    stub = opened.stub(BodyServiceStub, "body", BODY)
    assert (await stub.GetBody(body.GetBodyRequest(name=BODY))).display_name == "示例评价机构"
    with refused("OTHER_TENANT"):
        await stub.GetBody(body.GetBodyRequest(name=OTHER))
    with refused("ROLE_NOT_ALLOWED"):
        await stub.ListBodies(body.ListBodiesRequest())


async def test_an_update_needs_the_current_etag_and_known_paths(opened):
    stub = opened.stub(BodyServiceStub, "body", BODY)
    read = await stub.GetBody(body.GetBodyRequest(name=BODY))
    change = body_pb2.AssessmentBody(name=BODY, etag=read.etag, display_name="改名后的机构")
    request = body.UpdateBodyRequest(body=change, update_mask=FieldMask(paths=["display_name"]))
    assert (await stub.UpdateBody(request)).display_name == "改名后的机构"
    with refused("STALE_ETAG"):
        await stub.UpdateBody(request)
    change.etag = ""
    with refused("INVALID_UPDATE_MASK"):
        await stub.UpdateBody(body.UpdateBodyRequest(body=change, update_mask=FieldMask(paths=["uscc"])))


async def test_a_repeated_request_id_creates_one_listing(opened):
    stub = opened.stub(ListingServiceStub, "body", BODY)
    request = listing.CreateListingRequest(
        parent=BODY, listing=listing_pb2.Listing(occupation="big-data"), request_id=str(uuid4())
    )
    first, second = await stub.CreateListing(request), await stub.CreateListing(request)
    assert first == second
    found = await stub.ListListings(listing.ListListingsRequest(parent=BODY))
    assert [entry.name for entry in found.listings] == [first.name]


async def test_a_listing_goes_from_draft_to_the_catalogue_and_out_of_it(opened):
    confirmed = await list_body(opened)
    assert confirmed.state == LISTING_STATE_CONFIRMED
    stub = opened.stub(ListingServiceStub, "supervisor")
    with refused("LISTING_OVERLAPS"):
        await stub.CreateListing(
            listing.CreateListingRequest(parent=BODY, listing=listing_pb2.Listing(occupation="big-data"))
        )
    await stub.RectifyListing(listing.RectifyListingRequest(name=confirmed.name, reason="年检发现问题"))
    with refused("LISTING_STILL_VALID"):
        await stub.ExpireListing(listing.ExpireListingRequest(name=confirmed.name))
    removed = await stub.RemoveListing(listing.RemoveListingRequest(name=confirmed.name, reason="整改未通过"))
    assert (removed.state, removed.history[-1].reason) == (LISTING_STATE_REMOVED, "整改未通过")
    with refused("WRONG_STATE"):
        await stub.RestoreListing(listing.RestoreListingRequest(name=confirmed.name))


async def test_only_the_authority_decides_on_listings(opened):
    confirmed = await list_body(opened)
    with refused("ROLE_NOT_ALLOWED"):
        await opened.stub(ListingServiceStub, "body", BODY).RestoreListing(
            listing.RestoreListingRequest(name=confirmed.name)
        )


async def test_an_unknown_occupation_and_a_backward_period_are_refused(opened):
    stub = opened.stub(ListingServiceStub, "supervisor")
    with refused("UNKNOWN_QUALIFICATION"):
        await stub.CreateListing(
            listing.CreateListingRequest(parent=BODY, listing=listing_pb2.Listing(occupation="alchemy"))
        )
    confirmed = await list_body(opened)
    with refused("INVALID_PERIOD"):
        await stub.ConfirmListing(
            listing.ConfirmListingRequest(
                name=confirmed.name,
                batch="x",
                valid_from=Date(year=2026, month=2, day=1),
                valid_to=Date(year=2026, month=1, day=1),
            )
        )


async def test_a_site_is_applied_for_announced_and_listed_with_its_occupations(opened):
    own, authority = opened.stub(SiteServiceStub, "body", BODY), opened.stub(SiteServiceStub, "supervisor")
    wanted = site_pb2.Site(display_name="示例考核站点", host="示例大学", occupations=["big-data"], seats=60)
    made = await own.CreateSite(site.CreateSiteRequest(parent=BODY, site_id="jinan", site=wanted))
    change = site_pb2.Site(name=made.name, occupations=["big-data", "blockchain"])
    mask = FieldMask(paths=["occupations"])
    await own.UpdateSite(site.UpdateSiteRequest(site=change, update_mask=mask))
    await authority.PublicizeSite(site.PublicizeSiteRequest(name=made.name))
    admitted = await authority.AdmitSite(site.AdmitSiteRequest(name=made.name))
    assert (admitted.state, list(admitted.occupations)) == (
        site_pb2.SITE_STATE_LISTED,
        ["big-data", "blockchain"],
    )
    with refused("SITE_OCCUPATIONS_FIXED"):
        change = site_pb2.Site(name=made.name, occupations=["big-data"])
        await own.UpdateSite(site.UpdateSiteRequest(site=change, update_mask=mask))


async def test_an_examiner_keeps_qualifications_and_reads_only_themself(opened):
    own = opened.stub(ExaminerServiceStub, "body", BODY)
    leave = examiner_pb2.ExaminerQualification(
        occupation="big-data", credential="K-0001", valid_from=Date(year=2026, month=1, day=1)
    )
    names = []
    for identifier in ("zhao", "qian"):
        wanted = examiner_pb2.Examiner(display_name=identifier, qualifications=[leave], proctor=True)
        made = await own.CreateExaminer(
            examiner.CreateExaminerRequest(parent=BODY, examiner_id=identifier, examiner=wanted)
        )
        assert made.qualifications[0] == leave
        names.append(made.name)
    themself = opened.stub(ExaminerServiceStub, "examiner", names[0])
    assert (await themself.GetExaminer(examiner.GetExaminerRequest(name=names[0]))).display_name == "zhao"
    with refused("OTHER_TENANT"):
        await themself.GetExaminer(examiner.GetExaminerRequest(name=names[1]))


async def test_nothing_new_starts_in_a_closed_body(opened):
    await opened.stub(BodyServiceStub, "supervisor").CloseBody(body.CloseBodyRequest(name=BODY))
    wanted = site_pb2.Site(display_name="站点", occupations=["big-data"], seats=1)
    with refused("BODY_CLOSED"):
        await opened.stub(SiteServiceStub, "body", BODY).CreateSite(
            site.CreateSiteRequest(parent=BODY, site=wanted)
        )
