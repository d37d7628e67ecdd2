"""The lifecycles as callers see them: for each, how to make one, how to read it, and the RPC behind every action."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from google.protobuf.message import Message
from shuzheng.assessment.v1 import (
    blueprint_service_pb2,
    body_service_pb2,
    exam_service_pb2,
    item_service_pb2,
    mark_service_pb2,
    paper_service_pb2,
    result_service_pb2,
    site_service_pb2,
)
from shuzheng.assessment.v1 import listing_service_pb2 as body_listing_service_pb2
from shuzheng.certificates.v1 import certificate_pb2, certificate_service_pb2, hold_pb2, hold_service_pb2
from shuzheng.training.v1 import (
    cohort_service_pb2,
    completion_service_pb2,
    enrollment_service_pb2,
    institution_service_pb2,
    learner_service_pb2,
    learner_service_pb2_grpc,
    listing_service_pb2,
)

from services.assessment.bank.domain import blueprint, item_review, paper
from services.assessment.exam.domain import exam
from services.assessment.register.domain import site
from services.certificates.document.domain import certificate
from services.kit.clock import local_day
from services.training.completion.domain import completion
from services.training.teaching.domain import cohort
from services.vocabulary import listing
from tests.support.journey import AIM, Journey, day
from tests.support.people import organization_code, person

Act = Callable[[str], Awaitable[Message]]
numbers = count(1)


@dataclass
class Lifecycle:
    """One kind of thing; `make` gives a fresh one in state `start`, `acts` has an RPC for every action but `inner`."""

    noun: str
    table: Mapping[tuple[StrEnum, StrEnum], StrEnum]
    start: StrEnum
    make: Callable[[], Awaitable[str]]
    read: Act
    acts: dict[StrEnum, Act]
    inner: tuple[StrEnum, ...] = ()


def state_of(message: Any) -> str:
    """Return the state of a resource message in the words of the domain."""
    field = message.DESCRIPTOR.fields_by_name["state"]
    prefix = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(field.enum_type.values_by_number[message.state].name.removeprefix(prefix))


def of_training(journey: Journey) -> list[Lifecycle]:
    """Cohorts, listings and completions."""
    return [cohorts(journey), listings(journey), completions(journey)]


def cohorts(journey: Journey) -> Lifecycle:
    """A cohort, which gets a learner as soon as it enrolls."""
    messages, actions = cohort_service_pb2, cohort.CohortAction

    async def make() -> str:
        known = await read(journey.cohort)
        new = type(known)(display_name=f"班{next(numbers)}", qualification=AIM, capacity=9)
        new.start_date.CopyFrom(known.start_date)
        new.end_date.CopyFrom(known.end_date)
        request = messages.CreateCohortRequest(parent=journey.institution, cohort=new)
        return str((await journey.training("cohort", "CreateCohort", request)).name)

    async def read(name: str) -> Any:
        return await journey.training("cohort", "GetCohort", messages.GetCohortRequest(name=name))

    def move(rpc: str) -> Act:
        return lambda name: journey.training("cohort", rpc, getattr(messages, f"{rpc}Request")(name=name))

    async def open_enrollment(name: str) -> Message:
        answer: Message = await move("OpenEnrollment")(name)
        await enroll(name)
        return answer

    async def enroll(name: str) -> None:
        learner = await a_learner(journey)
        request = enrollment_service_pb2.CreateEnrollmentRequest(parent=name)
        request.enrollment.learner = learner
        await journey.training("enrollment", "CreateEnrollment", request)

    acts: dict[StrEnum, Act] = {
        actions.FILE: move("FileCohort"), actions.OPEN_ENROLLMENT: open_enrollment,
        actions.START_TEACHING: move("StartTeaching"), actions.START_COMPLETION_EXAM: move("StartCompletionExam"),
        actions.CLOSE: move("CloseCohort"), actions.ARCHIVE: move("ArchiveCohort"),
    }  # fmt: skip
    return Lifecycle("cohort", cohort.TRANSITIONS, cohort.CohortState.PLANNED, make, read, acts)


async def a_learner(journey: Journey) -> str:
    """Create a learner who is in no cohort yet."""
    who = person(50_000 + next(numbers))
    request = learner_service_pb2.CreateLearnerRequest(parent=journey.institution)
    request.learner.display_name, request.learner.national_id = who.display_name, who.national_id
    kind = learner_service_pb2_grpc.LearnerServiceStub
    args = ("CreateLearner", request, "institution", journey.institution)
    return str((await journey.call("training", kind, *args)).name)


def listings(journey: Journey) -> Lifecycle:
    """A training listing; its term is over, so that it may expire."""
    messages, actions = listing_service_pb2, listing.ListingAction
    today = local_day(journey.now())

    async def make() -> str:
        number = next(numbers)
        institution = institution_service_pb2.CreateInstitutionRequest()
        institution.institution.display_name, institution.institution.kind = f"学院{number}", 1
        institution.institution.uscc = organization_code(10_000 + number)
        parent = (await journey.training("institution", "CreateInstitution", institution, "supervisor")).name
        request = messages.CreateListingRequest(parent=parent)
        request.listing.occupation, request.listing.role = AIM.occupation, 1
        return str((await journey.training("listing", "CreateListing", request, "supervisor")).name)

    def move(rpc: str, **more: Any) -> Act:
        kind = getattr(messages, f"{rpc}Request")
        return lambda name: journey.training("listing", rpc, kind(name=name, **more), "supervisor")

    term = {"batch": "2024", "valid_from": day(today - timedelta(90)), "valid_to": day(today - timedelta(1))}
    acts: dict[StrEnum, Act] = {
        actions.RECOMMEND: move("RecommendListing"), actions.REVIEW: move("ReviewListing"),
        actions.CONFIRM: move("ConfirmListing", **term), actions.RECTIFY: move("RectifyListing", reason="整改"),
        actions.RESTORE: move("RestoreListing"), actions.REMOVE: move("RemoveListing", reason="移出"),
        actions.EXPIRE: move("ExpireListing"), actions.RETURN: move("ReturnListing", reason="退回"),
    }  # fmt: skip
    return Lifecycle(
        "listing", listing.TRANSITIONS, listing.ListingState.DRAFT, make, move("GetListing"), acts
    )


def completions(journey: Journey) -> Lifecycle:
    """A completion of one of the journey's learners."""
    messages = completion_service_pb2
    undone = iter(list(journey.enrollments))

    async def withdraw(name: str) -> Message:
        request = messages.WithdrawCompletionRequest(name=name, reason="登记有误")
        answer: Message = await journey.training("completion", "WithdrawCompletion", request)
        journey.ledger.withdrawn.add(name)
        return answer

    async def make() -> str:
        return await journey.complete(next(undone))

    async def read(name: str) -> Any:
        return await journey.training("completion", "GetCompletion", messages.GetCompletionRequest(name=name))

    start = completion.CompletionState.REGISTERED
    acts: dict[StrEnum, Act] = {completion.CompletionAction.WITHDRAW: withdraw}
    return Lifecycle("completion", completion.TRANSITIONS, start, make, read, acts)


def of_assessment(journey: Journey) -> list[Lifecycle]:
    """Listings, sites, blueprints, items, papers and exams of the journey's body."""
    kinds = (body_listings, sites, blueprints, items, papers, exams)
    return [kind(journey) for kind in kinds]


def _move(journey: Journey, noun: str, messages: Any, role: str = "body") -> Callable[..., Act]:
    def move(rpc: str, **more: Any) -> Act:
        kind = getattr(messages, f"{rpc}Request")
        return lambda name: journey.assessment(noun, rpc, kind(name=name, **more), role)

    return move


def body_listings(journey: Journey) -> Lifecycle:
    """An assessment body's listing; its term is over, so that it may expire."""
    messages, actions = body_listing_service_pb2, listing.ListingAction
    move = _move(journey, "listing", messages, "supervisor")
    today = local_day(journey.now())

    async def make() -> str:
        number = next(numbers)
        body = body_service_pb2.CreateBodyRequest()
        body.body.display_name, body.body.uscc = f"评价机构{number}", organization_code(20_000 + number)
        parent = (await journey.assessment("body", "CreateBody", body, "supervisor")).name
        request = messages.CreateListingRequest(parent=parent)
        request.listing.occupation = AIM.occupation
        return str((await journey.assessment("listing", "CreateListing", request, "supervisor")).name)

    term = {"batch": "2024", "valid_from": day(today - timedelta(90)), "valid_to": day(today - timedelta(1))}
    acts: dict[StrEnum, Act] = {
        actions.RECOMMEND: move("RecommendListing"), actions.REVIEW: move("ReviewListing"),
        actions.RETURN: move("ReturnListing", reason="退回"), actions.CONFIRM: move("ConfirmListing", **term),
        actions.RECTIFY: move("RectifyListing", reason="整改"), actions.RESTORE: move("RestoreListing"),
        actions.REMOVE: move("RemoveListing", reason="移出"), actions.EXPIRE: move("ExpireListing"),
    }  # fmt: skip
    start = listing.ListingState.DRAFT
    return Lifecycle("body listing", listing.TRANSITIONS, start, make, move("GetListing"), acts)


def sites(journey: Journey) -> Lifecycle:
    """A site."""
    messages, actions = site_service_pb2, site.SiteAction
    move = _move(journey, "site", messages, "supervisor")

    async def make() -> str:
        request = messages.CreateSiteRequest(parent=journey.body)
        new = request.site
        new.display_name, new.host, new.address, new.seats = f"考点{next(numbers)}", "示例大学", "示例路", 30
        new.occupations.append(AIM.occupation)
        return str((await journey.assessment("site", "CreateSite", request)).name)

    acts: dict[StrEnum, Act] = {
        actions.PUBLICIZE: move("PublicizeSite"), actions.ADMIT: move("AdmitSite"),
        actions.SUSPEND: move("SuspendSite", reason="停用"), actions.RESTORE: move("RestoreSite"),
        actions.REMOVE: move("RemoveSite", reason="移出"),
    }  # fmt: skip
    return Lifecycle("site", site.TRANSITIONS, site.SiteState.APPLIED, make, move("GetSite"), acts)


def blueprints(journey: Journey) -> Lifecycle:
    """A blueprint like the journey's."""
    messages, actions = blueprint_service_pb2, blueprint.BlueprintAction
    move = _move(journey, "blueprint", messages)
    bank = f"{journey.body}/banks/k1"

    async def make() -> str:
        known = await move("GetBlueprint")(f"{bank}/blueprints/f1")
        request = messages.CreateBlueprintRequest(parent=bank)
        request.blueprint.display_name = f"细目表{next(numbers)}"
        request.blueprint.parts.extend(known.parts)  # type: ignore[attr-defined]
        return str((await journey.assessment("blueprint", "CreateBlueprint", request)).name)

    async def edit(name: str) -> Any:
        request = messages.UpdateBlueprintRequest()
        request.blueprint.name, request.blueprint.display_name = name, f"细目表{next(numbers)}"
        request.update_mask.paths.append("display_name")
        return await journey.assessment("blueprint", "UpdateBlueprint", request)

    acts: dict[StrEnum, Act] = {
        actions.EDIT: edit, actions.ADOPT: move("AdoptBlueprint"), actions.RETIRE: move("RetireBlueprint"),
    }  # fmt: skip
    start = blueprint.BlueprintState.DRAFT
    return Lifecycle("blueprint", blueprint.TRANSITIONS, start, make, move("GetBlueprint"), acts)


def items(journey: Journey) -> Lifecycle:
    """An item; every review comes from another person."""
    messages, actions = item_service_pb2, item_review.ItemAction
    move = _move(journey, "item", messages)
    bank = f"{journey.body}/banks/k1"

    def write(content: Any) -> None:
        content.type, content.stem, content.statement_true = 3, f"新题{next(numbers)}", True

    async def make() -> str:
        request = messages.CreateItemRequest(parent=bank)
        request.item.knowledge_point = "1.1.1"
        write(request.item.content)
        return str((await journey.assessment("item", "CreateItem", request, subject="命题人")).name)

    async def edit(name: str) -> Any:
        request = messages.UpdateItemRequest()
        request.item.name = name
        write(request.item.content)
        request.update_mask.paths.append("content")
        return await journey.assessment("item", "UpdateItem", request, subject="命题人")

    def review(*, approve: bool) -> Act:
        async def act(name: str) -> Any:
            request = messages.ReviewItemRequest(name=name, approve=approve, reason="意见")
            return await journey.assessment("item", "ReviewItem", request, subject=f"审题人{next(numbers)}")

        return act

    acts: dict[StrEnum, Act] = {
        actions.EDIT: edit, actions.APPROVE: review(approve=True), actions.RETURN: review(approve=False),
        actions.ACTIVATE: move("ActivateItem"), actions.RETIRE: move("RetireItem"),
    }  # fmt: skip
    start = item_review.ItemState.DRAFT
    return Lifecycle("item", item_review.TRANSITIONS, start, make, move("GetItem"), acts)


def papers(journey: Journey) -> Lifecycle:
    """A paper drawn by the journey's blueprint, inside its window."""
    messages, actions = paper_service_pb2, paper.PaperAction
    move = _move(journey, "paper", messages)

    async def make() -> str:
        request = messages.DrawPaperRequest(
            parent=journey.body, blueprint=f"{journey.body}/banks/k1/blueprints/f1"
        )
        request.release_from.FromDatetime(journey.now() - timedelta(hours=1))
        request.release_to.FromDatetime(journey.now() + timedelta(hours=1))
        return str((await journey.assessment("paper", "DrawPaper", request, subject="组卷人")).name)

    async def review(name: str) -> Any:
        request = messages.ReviewPaperRequest(name=name)
        return await journey.assessment("paper", "ReviewPaper", request, subject="审卷人")

    acts: dict[StrEnum, Act] = {
        actions.REVIEW: review, actions.SEAL: move("SealPaper"), actions.RELEASE: move("ReleasePaper"),
        actions.USE: move("FinishPaper"), actions.RETIRE: move("RetirePaper"),
    }  # fmt: skip
    start, inner = paper.PaperState.DRAFTED, (actions.DRAW,)
    return Lifecycle("paper", paper.TRANSITIONS, start, make, move("GetPaper"), acts, inner)


def exams(journey: Journey) -> Lifecycle:
    """An exam like the journey's, without candidates."""
    messages, actions = exam_service_pb2, exam.ExamAction
    move = _move(journey, "exam", messages)

    async def make() -> str:
        request = messages.ScheduleExamRequest(parent=journey.body)
        request.exam.CopyFrom(await move("GetExam")(journey.exam))
        for field in (
            "name",
            "etag",
            "state",
            "seats_taken",
            "listing",
            "create_time",
            "update_time",
            "examined_on",
        ):
            request.exam.ClearField(field)
        return str((await journey.assessment("exam", "ScheduleExam", request)).name)

    def of_results(rpc: str) -> Act:
        async def act(name: str) -> Any:
            request = getattr(result_service_pb2, f"{rpc}Request")(exam=name)
            await journey.assessment("result", rpc, request)
            return await move("GetExam")(name)

        return act

    async def mark(name: str) -> Any:
        await journey.assessment("mark", "MarkExam", mark_service_pb2.MarkExamRequest(name=name))
        return await move("GetExam")(name)

    acts: dict[StrEnum, Act] = {
        actions.OPEN: move("OpenExam"), actions.CLOSE: move("CloseExam"), actions.BEGIN: move("BeginExam"),
        actions.MARK: mark, actions.CANCEL: move("CancelExam", reason="场地故障"),
        actions.CONFIRM_RESULTS: of_results("ConfirmResults"), actions.PUBLISH_RESULTS: of_results("PublishResults"),
    }  # fmt: skip
    return Lifecycle("exam", exam.TRANSITIONS, exam.ExamState.SCHEDULED, make, move("GetExam"), acts)


def of_certificates(journey: Journey, sources: list[str]) -> list[Lifecycle]:
    """Certificates of completions that stand."""
    messages, actions = certificate_service_pb2, certificate.Action
    unused = iter(sources)

    async def make() -> str:
        return str((await journey.issued(next(unused))).name)

    async def read(name: str) -> Any:
        return await journey.certificates("GetCertificate", messages.GetCertificateRequest(name=name))

    async def revoke(name: str) -> Any:
        reason = certificate_pb2.REVOCATION_REASON_FALSE_EVIDENCE
        request = messages.RevokeCertificateRequest(name=name, reason=reason)
        return await journey.certificates("RevokeCertificate", request)

    async def supersede(name: str) -> Any:
        request = messages.SupersedeCertificateRequest(
            name=name, holder_name=f"更正{'甲乙丙丁'[next(numbers) % 4]}"
        )
        await journey.certificates("SupersedeCertificate", request)
        return await read(name)

    async def hold(name: str) -> Any:
        request = hold_service_pb2.HoldCertificateRequest(name=name, reason=hold_pb2.HOLD_REASON_APPEAL)
        return await journey.certificates("HoldCertificate", request)

    async def release(name: str) -> Any:
        request = hold_service_pb2.ReleaseCertificateRequest(name=name)
        return await journey.certificates("ReleaseCertificate", request)

    acts: dict[StrEnum, Act] = {
        actions.REVOKE: revoke,
        actions.SUPERSEDE: supersede,
        actions.HOLD: hold,
        actions.RELEASE: release,
    }
    start, inner = certificate.State.ISSUED, (actions.ISSUE,)
    return [Lifecycle("certificate", certificate.TRANSITIONS, start, make, read, acts, inner)]
