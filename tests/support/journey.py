"""The main journey through gRPC stubs alone: from a filed cohort to certificates that verify.

Every call is repeated with the same request_id while a service is away, and everything that was acknowledged is kept
in a ledger, which `invariants` later holds the databases to.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.message import Message
from google.type.date_pb2 import Date
from shuzheng.assessment.v1 import (
    attempt_pb2,
    attempt_service_pb2,
    attempt_service_pb2_grpc,
    bank_pb2,
    bank_service_pb2,
    bank_service_pb2_grpc,
    blueprint_pb2,
    blueprint_service_pb2,
    blueprint_service_pb2_grpc,
    body_pb2,
    body_service_pb2,
    body_service_pb2_grpc,
    candidate_pb2,
    candidate_service_pb2,
    candidate_service_pb2_grpc,
    events_pb2,
    evidence_service_pb2,
    evidence_service_pb2_grpc,
    exam_pb2,
    exam_service_pb2,
    exam_service_pb2_grpc,
    examiner_pb2,
    examiner_service_pb2,
    examiner_service_pb2_grpc,
    item_pb2,
    item_service_pb2,
    item_service_pb2_grpc,
    mark_pb2,
    mark_service_pb2,
    mark_service_pb2_grpc,
    paper_service_pb2,
    paper_service_pb2_grpc,
    registration_pb2,
    registration_service_pb2,
    registration_service_pb2_grpc,
    result_service_pb2,
    result_service_pb2_grpc,
    site_pb2,
    site_service_pb2,
    site_service_pb2_grpc,
)
from shuzheng.assessment.v1 import listing_pb2 as body_listing_pb2
from shuzheng.assessment.v1 import listing_service_pb2 as body_listing_service_pb2
from shuzheng.assessment.v1 import listing_service_pb2_grpc as body_listing_service_pb2_grpc
from shuzheng.certificates.v1 import (
    certificate_pb2,
    certificate_service_pb2,
    certificate_service_pb2_grpc,
    verification_pb2,
    verification_service_pb2,
    verification_service_pb2_grpc,
)
from shuzheng.training.v1 import (
    cohort_pb2,
    cohort_service_pb2,
    cohort_service_pb2_grpc,
    completion_service_pb2,
    completion_service_pb2_grpc,
    enrollment_pb2,
    enrollment_service_pb2,
    enrollment_service_pb2_grpc,
    hour_entry_pb2,
    hour_entry_service_pb2,
    hour_entry_service_pb2_grpc,
    institution_pb2,
    institution_service_pb2,
    institution_service_pb2_grpc,
    listing_pb2,
    listing_service_pb2,
    listing_service_pb2_grpc,
    roster_service_pb2,
    roster_service_pb2_grpc,
)
from shuzheng.type.v1.qualification_pb2 import Qualification

from services.kit.clock import local_day
from tests.support.people import Person, organization_code, person

StubOf = Callable[[str, Callable[[Any], Any], str, str, str], Any]
AIM = Qualification(occupation="big-data", direction="", level=1)
CONTENT = ("system-building", "platform-operations", "technical-service", "processing", "analysis", "management")
AWAY = frozenset(
    grpc.StatusCode[name] for name in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED")
)
QUESTIONS = 10
WAIT = 60  # seconds that events may take to arrive
IN_FLIGHT = 8


@dataclass
class Ledger:
    """What was acknowledged, and how often a call had to be repeated."""

    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    completed: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    published: set[str] = field(default_factory=set)
    annulled: set[str] = field(default_factory=set)
    answers: dict[tuple[str, int], int] = field(default_factory=dict)
    repeats: int = 0

    def note(self, service: str, answer: Message) -> None:
        """Keep the resource name of an answer."""
        name = getattr(answer, "name", "")
        if isinstance(name, str) and name:
            self.names[service].add(name)


def day(value: date) -> Date:
    """Return a calendar day as a message."""
    return Date(year=value.year, month=value.month, day=value.day)


class Journey:
    """One institution, one body and `size` people; `number` keeps journeys on one system apart."""

    def __init__(
        self, stub_of: StubOf, number: int = 1, size: int = 4, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ):
        self.stub_of = stub_of
        self.now = now
        self.ledger = Ledger()
        self.institution = f"institutions/i{number}"
        self.body = f"bodies/b{number}"
        self.cohort = f"{self.institution}/cohorts/c1"
        self.exam = f"{self.body}/exams/e1"
        self.number = number
        self.people = [person(number * 1000 + each) for each in range(size)]
        self.enrollments: list[str] = []
        self.candidates: dict[str, Person] = {}
        self.registrations: dict[str, str] = {}
        self.patience = 90.0
        self.timeout = 10.0

    # Calls.

    async def call(
        self, service: str, kind: Callable[[Any], Any], rpc: str, request: Any, role: str, tenant: str = "",
        subject: str = "",
    ) -> Any:
        """Make one unary call, again while the service is away; note what it acknowledges."""
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = str(uuid.uuid4())
        stub = self.stub_of(service, kind, role, tenant, subject)
        answer = await self.again(lambda: getattr(stub, rpc)(request, timeout=self.timeout))
        self.ledger.note(service, answer)
        return answer

    async def again(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat a call until it is answered with anything but absence."""
        until = asyncio.get_running_loop().time() + self.patience
        while True:
            try:
                return await attempt()
            except grpc.aio.AioRpcError as error:
                if error.code() not in AWAY or asyncio.get_running_loop().time() > until:
                    raise
                self.ledger.repeats += 1
                await asyncio.sleep(0.05)

    async def training(self, noun: str, rpc: str, request: Any, role: str = "institution") -> Any:
        """Call training as the institution's staff or as the supervisor."""
        return await self.call(
            "training", TRAINING[noun], rpc, request, role, self.institution if role == "institution" else ""
        )

    async def assessment(
        self, noun: str, rpc: str, request: Any, role: str = "body", tenant: str = "", subject: str = ""
    ) -> Any:
        """Call assessment, as the body's staff unless said otherwise."""
        own = self.body if role == "body" else ""
        return await self.call("assessment", ASSESSMENT[noun], rpc, request, role, tenant or own, subject)

    async def certificates(self, rpc: str, request: Any) -> Any:
        """Call certificates as the supervisor."""
        kind = certificate_service_pb2_grpc.CertificateServiceStub
        return await self.call("certificates", kind, rpc, request, "supervisor")

    # Training.

    async def open_institution(self) -> None:
        """List the institution and fill a cohort from a roster."""
        today = local_day(self.now())
        new = institution_pb2.Institution(
            display_name=f"示例培训学院{self.number}", uscc=organization_code(self.number),
            kind=institution_pb2.INSTITUTION_KIND_UNIVERSITY, region="330000",
        )
        request = institution_service_pb2.CreateInstitutionRequest(
            institution_id=self.institution.split("/")[1], institution=new
        )
        await self.training("institution", "CreateInstitution", request, "supervisor")
        await self._list_institution(today)
        await self._open_cohort(today)
        await self._import_roster()
        await self._cohort("StartTeaching")

    async def _list_institution(self, today: date) -> None:
        messages = listing_service_pb2
        new = listing_pb2.Listing(occupation=AIM.occupation, role=listing_pb2.LISTING_ROLE_TRAINING)
        listing = f"{self.institution}/listings/l1"
        created = messages.CreateListingRequest(parent=self.institution, listing_id="l1", listing=new)
        await self.training("listing", "CreateListing", created, "supervisor")
        for rpc in ("RecommendListing", "ReviewListing"):
            await self.training("listing", rpc, getattr(messages, f"{rpc}Request")(name=listing), "supervisor")
        confirmed = messages.ConfirmListingRequest(
            name=listing, batch="2026-01", valid_from=day(today - timedelta(days=400))
        )
        await self.training("listing", "ConfirmListing", confirmed, "supervisor")

    async def _open_cohort(self, today: date) -> None:
        cohort = cohort_pb2.Cohort(
            display_name="大数据初级一班", qualification=AIM, start_date=day(today), capacity=500,
            end_date=day(today + timedelta(days=30)),
        )  # fmt: skip
        request = cohort_service_pb2.CreateCohortRequest(parent=self.institution, cohort_id="c1", cohort=cohort)
        await self.training("cohort", "CreateCohort", request)
        for rpc in ("FileCohort", "OpenEnrollment"):
            await self._cohort(rpc)

    async def _cohort(self, rpc: str) -> None:
        await self.training("cohort", rpc, getattr(cohort_service_pb2, f"{rpc}Request")(name=self.cohort))

    async def _import_roster(self) -> None:
        lines = ["姓名,身份证号", *(f"{each.display_name},{each.national_id}" for each in self.people)]
        part = roster_service_pb2.ImportRosterRequest(
            parent=self.cohort, filename="名单.csv", chunk="\n".join(lines).encode()
        )
        kind = roster_service_pb2_grpc.RosterServiceStub
        stub = self.stub_of("training", kind, "institution", self.institution, "")

        async def send() -> Any:
            return [answer async for answer in stub.ImportRoster(iter([part]), timeout=30)][-1].summary

        summary = await self.again(send)
        assert summary.rejected == 0 and summary.enrollments_created + summary.unchanged == len(self.people)

    async def teach(self) -> None:
        """Record all hours, hold the completion exam; afterwards every enrollment may be completed."""
        self.enrollments = [row.name for row in await self._enrollments()]
        today = day(local_day(self.now()))
        entries = [
            hour_entry_pb2.HourEntry(
                enrollment=name, item=item, mode=hour_entry_pb2.TEACHING_MODE_ONLINE, hours="11", taught_on=today
            )
            for name in self.enrollments
            for item in CONTENT
        ]
        request = hour_entry_service_pb2.RecordHoursRequest
        for start in range(0, len(entries), 600):
            part = request(parent=self.cohort, entries=entries[start : start + 600])
            await self.training("hours", "RecordHours", part)
        await self._cohort("StartCompletionExam")
        passed = {"score": "88.5", "examined_on": today}
        scores = [enrollment_service_pb2.ExamScore(enrollment=name, **passed) for name in self.enrollments]
        graded = enrollment_service_pb2.RecordExamScoresRequest(parent=self.cohort, scores=scores)
        await self.training("enrollment", "RecordExamScores", graded)

    async def _enrollments(self) -> list[enrollment_pb2.Enrollment]:
        request = enrollment_service_pb2.ListEnrollmentsRequest(parent=self.cohort, page_size=1000)
        return list((await self.training("enrollment", "ListEnrollments", request)).enrollments)

    async def complete(self, enrollment: str) -> str:
        """Register one completion and return its name."""
        request = completion_service_pb2.RegisterCompletionRequest(enrollment=enrollment)
        name: str = (await self.training("completion", "RegisterCompletion", request)).name
        self.ledger.completed.add(name)
        return name

    async def complete_all(self, enrollments: Iterable[str] | None = None) -> list[str]:
        """Register every completion, several at once."""
        wanted = self.enrollments if enrollments is None else list(enrollments)
        return await several(self.complete(name) for name in wanted)

    async def withdraw(self, completion: str) -> None:
        """Withdraw a completion."""
        request = completion_service_pb2.WithdrawCompletionRequest(name=completion, reason="登记有误")
        await self.training("completion", "WithdrawCompletion", request)
        self.ledger.withdrawn.add(completion)

    # Assessment.

    async def open_body(self) -> None:
        """List the body, its site and examiners; write a bank and seal a paper drawn from it."""
        new = body_pb2.AssessmentBody(
            display_name=f"示例评价中心{self.number}", uscc=organization_code(500_000 + self.number), region="330000"
        )
        request = body_service_pb2.CreateBodyRequest(body_id=self.body.split("/")[1], body=new)
        await self.assessment("body", "CreateBody", request, "supervisor")
        await self._list_body()
        await self._open_site()
        await self._appoint()
        await self._fill_bank()
        await self._seal_paper()

    async def _list_body(self) -> None:
        messages = body_listing_service_pb2
        new = body_listing_pb2.Listing(occupation=AIM.occupation)
        created = messages.CreateListingRequest(parent=self.body, listing_id="l1", listing=new)
        await self.assessment("listing", "CreateListing", created, "supervisor")
        for rpc in ("RecommendListing", "ReviewListing"):
            moved = getattr(messages, f"{rpc}Request")(name=f"{self.body}/listings/l1")
            await self.assessment("listing", rpc, moved, "supervisor")
        today = local_day(self.now())
        confirmed = messages.ConfirmListingRequest(
            name=f"{self.body}/listings/l1", batch="2026-01", valid_from=day(today - timedelta(days=400)),
            valid_to=day(today + timedelta(days=400)),
        )  # fmt: skip
        await self.assessment("listing", "ConfirmListing", confirmed, "supervisor")

    async def _open_site(self) -> None:
        site = site_pb2.Site(
            display_name="示例考点", host="示例大学", address="示例路1号", occupations=[AIM.occupation], seats=500
        )
        request = site_service_pb2.CreateSiteRequest(parent=self.body, site_id="s1", site=site)
        await self.assessment("site", "CreateSite", request)
        for rpc in ("PublicizeSite", "AdmitSite"):
            moved = getattr(site_service_pb2, f"{rpc}Request")(name=f"{self.body}/sites/s1")
            await self.assessment("site", rpc, moved, "supervisor")

    async def _appoint(self) -> None:
        since = day(local_day(self.now()) - timedelta(days=400))
        held = examiner_pb2.ExaminerQualification(
            occupation=AIM.occupation, credential="2026-考评-001", valid_from=since
        )
        for name in (*self.examiners, *self.proctors):
            new = examiner_pb2.Examiner(
                display_name=f"考官{name[-2:]}", qualifications=[held], proctor=name in self.proctors
            )
            request = examiner_service_pb2.CreateExaminerRequest(
                parent=self.body, examiner_id=name.rsplit("/")[-1], examiner=new
            )
            await self.assessment("examiner", "CreateExaminer", request)

    @property
    def examiners(self) -> list[str]:
        """The three who mark the ability part (and as many more as the capacity asks for)."""
        return [f"{self.body}/examiners/x{each}" for each in range(max(3, -(-self.capacity // 10) | 1))]

    @property
    def proctors(self) -> list[str]:
        """Those who check in."""
        return [f"{self.body}/examiners/p{each}" for each in range(max(2, -(-self.capacity // 15)))]

    @property
    def capacity(self) -> int:
        """Seats of the exam."""
        return len(self.people)

    async def _fill_bank(self) -> None:
        new = bank_pb2.Bank(display_name="大数据初级题库", qualification=AIM)
        bank = f"{self.body}/banks/k1"
        messages = bank_service_pb2
        created = messages.CreateBankRequest(parent=self.body, bank_id="k1", bank=new)
        await self.assessment("bank", "CreateBank", created)
        points = [bank_pb2.KnowledgePoint(code=code, title=f"知识点{code}") for code in ("1", "1.1", "1.1.1")]
        put = messages.PutKnowledgePointsRequest(parent=bank, points=points)
        await self.assessment("bank", "PutKnowledgePoints", put)
        await several(self._write_item(bank, each) for each in range(QUESTIONS))
        names = [f"{bank}/items/t{each}" for each in range(QUESTIONS)]
        reviewed = item_service_pb2.BatchReviewItemsRequest
        for reviewer in ("审题人甲", "审题人乙"):
            request = reviewed(parent=bank, names=names, approve=True)
            await self.assessment("item", "BatchReviewItems", request, subject=reviewer)
        active = item_service_pb2.BatchActivateItemsRequest(parent=bank, names=names)
        await self.assessment("item", "BatchActivateItems", active)

    async def _write_item(self, bank: str, number: int) -> None:
        content = item_pb2.ItemContent(
            type=item_pb2.ITEM_TYPE_TRUE_FALSE, stem=f"第{number}题：数据需要治理。", statement_true=True
        )
        new = item_pb2.Item(content=content, knowledge_point="1.1.1")
        request = item_service_pb2.CreateItemRequest(parent=bank, item_id=f"t{number}", item=new)
        await self.assessment("item", "CreateItem", request, subject="命题人")

    async def _seal_paper(self) -> None:
        section = blueprint_pb2.BlueprintSection(type=item_pb2.ITEM_TYPE_TRUE_FALSE, count=QUESTIONS, points="10")
        part = blueprint_pb2.BlueprintPart(function="1", weight="100", sections=[section])
        new = blueprint_pb2.Blueprint(display_name="细目表", parts=[part], source="test")
        bank, blueprint = f"{self.body}/banks/k1", f"{self.body}/banks/k1/blueprints/f1"
        request = blueprint_service_pb2.CreateBlueprintRequest(parent=bank, blueprint_id="f1", blueprint=new)
        await self.assessment("blueprint", "CreateBlueprint", request)
        adopted = blueprint_service_pb2.AdoptBlueprintRequest(name=blueprint)
        await self.assessment("blueprint", "AdoptBlueprint", adopted)
        drawn = paper_service_pb2.DrawPaperRequest(parent=self.body, paper_id="p1", blueprint=blueprint)
        drawn.release_from.FromDatetime(self.now() - timedelta(hours=1))
        drawn.release_to.FromDatetime(self.now() + timedelta(hours=9))
        await self.assessment("paper", "DrawPaper", drawn, subject="组卷人")
        for rpc, who in (("ReviewPaper", "审卷人"), ("SealPaper", "组卷人")):
            await self._paper(rpc, who)

    async def _paper(self, rpc: str, subject: str = "") -> None:
        request = getattr(paper_service_pb2, f"{rpc}Request")(name=f"{self.body}/papers/p1")
        await self.assessment("paper", rpc, request, subject=subject)

    async def schedule(self) -> None:
        """Schedule an exam that begins now, and open it."""
        now = self.now()
        exam = exam_pb2.Exam(
            display_name="大数据初级考试", site=f"{self.body}/sites/s1", qualification=AIM,
            paper=f"{self.body}/papers/p1", theory_minutes=60, ability_task="搭建数据平台", capacity=self.capacity,
            proctors=self.proctors,
            examiners=self.examiners,
        )  # fmt: skip
        for window, hours in ((exam.theory_window, 2), (exam.ability_window, 4)):
            window.start_time.FromDatetime(now - timedelta(seconds=1))
            window.end_time.FromDatetime(now + timedelta(hours=hours))
        exam.registration_close_time.FromDatetime(now + timedelta(hours=1))
        request = exam_service_pb2.ScheduleExamRequest(parent=self.body, exam_id="e1", exam=exam)
        await self.assessment("exam", "ScheduleExam", request)
        await self._exam("OpenExam")

    async def _exam(self, rpc: str) -> None:
        await self.assessment("exam", rpc, getattr(exam_service_pb2, f"{rpc}Request")(name=self.exam))

    async def register_all(self) -> None:
        """Make every person a candidate with a seat, as soon as their completion is known to assessment."""
        for number, who in enumerate(self.people):
            self.candidates[f"candidates/n{self.number}-{number}"] = who
        await several(self._register(name, who) for name, who in self.candidates.items())

    async def _register(self, name: str, who: Person) -> None:
        degree = candidate_pb2.Education(
            degree=candidate_pb2.DEGREE_BACHELOR, school="示例大学", major="计算机", related=True,
            graduated_on=day(date(2020, 6, 30)),
        )  # fmt: skip
        new = candidate_pb2.Candidate(
            name=name, display_name=who.display_name, national_id=who.national_id, educations=[degree]
        )
        request = candidate_service_pb2.CreateCandidateRequest(candidate_id=name.split("/")[1], candidate=new)
        await self.assessment("candidate", "CreateCandidate", request, "candidate", name)
        await self._eligible(name)
        wanted = registration_service_pb2.CreateRegistrationRequest(
            parent=self.exam, registration=registration_pb2.Registration(candidate=name)
        )
        seat = await self.assessment("registration", "CreateRegistration", wanted, "candidate", name)
        self.registrations[name] = seat.name

    async def _eligible(self, name: str) -> None:
        request = evidence_service_pb2.CheckEligibilityRequest(candidate=name, qualification=AIM)
        await until(lambda: self._is_eligible(name, request), f"{name} becomes eligible")

    async def _is_eligible(self, name: str, request: Any) -> bool:
        answer = await self.assessment("evidence", "CheckEligibility", request, "candidate", name)
        return bool(answer.eligible)

    async def begin(self) -> None:
        """Close registration, open the paper, begin."""
        await self._exam("CloseExam")
        await self.release_paper()
        await self._exam("BeginExam")

    async def release_paper(self) -> None:
        """Open the sealed paper."""
        await self._paper("ReleasePaper")

    async def sit_all(self) -> None:
        """Let every candidate sit the theory part."""
        await several(self.sit(name) for name in self.candidates)

    async def sit(self, candidate: str) -> None:
        """Check in, start, answer question by question, submit; every fourth candidate fails."""
        attempt = await self.start(candidate)
        right = int(candidate.rsplit("-", 1)[1]) % 4 != 3
        for position in range(1, QUESTIONS + 1):
            await self.save(candidate, attempt, position, 1, right)
        await self.submit(candidate, attempt)

    async def start(self, candidate: str) -> str:
        """Check in and start; returns the attempt."""
        came = attempt_service_pb2.CheckInRequest(registration=self.registrations[candidate], proctor=self.proctors[0])
        attempt = (await self.assessment("attempt", "CheckIn", came, "examiner", self.proctors[0])).name
        begun = attempt_service_pb2.StartAttemptRequest(name=attempt)
        await self.assessment("attempt", "StartAttempt", begun, "candidate", candidate)
        return str(attempt)

    async def save(self, candidate: str, attempt: str, position: int, sequence: int, statement: bool) -> None:
        """Save one answer."""
        answer = attempt_pb2.SavedAnswer(
            position=position, sequence=sequence, answer=item_pb2.Answer(statement_true=statement)
        )
        request = attempt_service_pb2.SaveAnswersRequest(name=attempt, answers=[answer])
        await self.assessment("attempt", "SaveAnswers", request, "candidate", candidate)
        known = self.ledger.answers.get((attempt, position), 0)
        self.ledger.answers[attempt, position] = max(known, sequence)

    async def submit(self, candidate: str, attempt: str) -> None:
        """Hand the paper in."""
        request = attempt_service_pb2.SubmitAttemptRequest(name=attempt)
        await self.assessment("attempt", "SubmitAttempt", request, "candidate", candidate)

    async def mark(self) -> None:
        """Mark the theory part, and the ability part by two examiners."""
        await self._exam("MarkExam")
        await several(
            self._mark(examiner, registration)
            for registration in self.registrations.values()
            for examiner in self.examiners[:2]
        )

    async def _mark(self, examiner: str, registration: str) -> None:
        request = mark_service_pb2.CreateMarkRequest(
            parent=examiner, mark=mark_pb2.Mark(registration=registration, score="75.5")
        )
        await self.assessment("mark", "CreateMark", request, "examiner", examiner)

    async def publish(self) -> None:
        """Confirm and publish all results of the exam."""
        await self.assessment("result", "ConfirmResults", result_service_pb2.ConfirmResultsRequest(exam=self.exam))
        await self.assessment("result", "PublishResults", result_service_pb2.PublishResultsRequest(exam=self.exam))
        self.ledger.published.update(row.name for row in await self.results())

    async def results(self) -> list[Any]:
        """Return the results of the exam."""
        request = result_service_pb2.ListResultsRequest(parent=self.body, exam=self.exam, page_size=1000)
        return list((await self.assessment("result", "ListResults", request)).results)

    async def annul(self, result: str) -> None:
        """Annul a result for misconduct (tier B)."""
        request = result_service_pb2.AnnulResultRequest(
            name=result, tier=events_pb2.MISCONDUCT_TIER_B, reason="雷同试卷"
        )
        await self.assessment("result", "AnnulResult", request)
        self.ledger.annulled.add(result)

    # Certificates.

    async def issued(self, source: str) -> certificate_pb2.Certificate:
        """Wait for the certificate of a completion or result, and return it."""
        request = certificate_service_pb2.ListCertificatesRequest(
            source=source, state=certificate_pb2.CERTIFICATE_STATE_ISSUED
        )
        found: list[certificate_pb2.Certificate] = []

        async def there() -> bool:
            found[:] = (await self.certificates("ListCertificates", request)).certificates
            return bool(found)

        await until(there, f"the certificate of {source}")
        return found[0]

    async def verify(self, certificate: certificate_pb2.Certificate, holder_name: str) -> str:
        """Return what the public hears of a number and a name."""
        printed = verification_service_pb2.NumberAndName(number=certificate.number, holder_name=holder_name)
        request = verification_service_pb2.VerifyCertificateRequest(printed=printed)
        kind = verification_service_pb2_grpc.VerificationServiceStub
        answer = await self.call("certificates", kind, "VerifyCertificate", request, "public")
        return verification_pb2.VerificationOutcome.Name(answer.outcome).removeprefix("VERIFICATION_OUTCOME_")

    # The whole.

    async def to_completions(self) -> list[str]:
        """Everything up to the training certificates."""
        await self.open_institution()
        await self.teach()
        return await self.complete_all()

    async def to_results(self) -> None:
        """Everything from the body to published results; the completions must be on their way."""
        await self.open_body()
        await self.schedule()
        await self.register_all()
        await self.begin()
        await self.sit_all()
        await self.mark()
        await self.publish()


TRAINING: dict[str, Callable[[Any], Any]] = {
    "institution": institution_service_pb2_grpc.InstitutionServiceStub,
    "listing": listing_service_pb2_grpc.ListingServiceStub,
    "cohort": cohort_service_pb2_grpc.CohortServiceStub,
    "enrollment": enrollment_service_pb2_grpc.EnrollmentServiceStub,
    "hours": hour_entry_service_pb2_grpc.HourEntryServiceStub,
    "completion": completion_service_pb2_grpc.CompletionServiceStub,
}
ASSESSMENT: dict[str, Callable[[Any], Any]] = {
    "body": body_service_pb2_grpc.BodyServiceStub,
    "listing": body_listing_service_pb2_grpc.ListingServiceStub,
    "site": site_service_pb2_grpc.SiteServiceStub,
    "examiner": examiner_service_pb2_grpc.ExaminerServiceStub,
    "bank": bank_service_pb2_grpc.BankServiceStub,
    "item": item_service_pb2_grpc.ItemServiceStub,
    "blueprint": blueprint_service_pb2_grpc.BlueprintServiceStub,
    "paper": paper_service_pb2_grpc.PaperServiceStub,
    "exam": exam_service_pb2_grpc.ExamServiceStub,
    "candidate": candidate_service_pb2_grpc.CandidateServiceStub,
    "evidence": evidence_service_pb2_grpc.EvidenceServiceStub,
    "registration": registration_service_pb2_grpc.RegistrationServiceStub,
    "attempt": attempt_service_pb2_grpc.AttemptServiceStub,
    "mark": mark_service_pb2_grpc.MarkServiceStub,
    "result": result_service_pb2_grpc.ResultServiceStub,
}


async def several(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """Wait for all, a few at a time; raises the first failure."""
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(item: Awaitable[Any]) -> Any:
        async with gate:
            return await item

    return list(await asyncio.gather(*(one(item) for item in work)))


async def until(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = WAIT) -> None:
    """Ask again and again until `holds`; raises AssertionError that says what did not happen."""
    end = asyncio.get_running_loop().time() + seconds
    while not await holds():
        assert asyncio.get_running_loop().time() < end, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.03)
