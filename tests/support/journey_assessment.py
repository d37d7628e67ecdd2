"""The body's and the candidates' part of the journey: from an empty question bank to published results."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

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

from services.kit.clock import local_day
from tests.support.journey_calls import AIM, Calls, day, several, until
from tests.support.people import Person, organization_code

QUESTIONS = 10
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


class Assessment(Calls):
    """What body, examiners and candidates do."""

    async def assessment(
        self, noun: str, rpc: str, request: Any, role: str = "body", tenant: str = "", subject: str = ""
    ) -> Any:
        """Call assessment, as the body's staff unless said otherwise."""
        own = self.body if role == "body" else ""
        return await self.call("assessment", ASSESSMENT[noun], rpc, request, role, tenant or own, subject)

    async def open_body(self) -> None:
        """List the body, its site and examiners; write a bank and seal a paper drawn from it."""
        new = body_pb2.AssessmentBody(
            display_name=f"示例评价中心{self.number}",
            uscc=organization_code(500_000 + self.number),
            region="330000",
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
            display_name="示例考点",
            host="示例大学",
            address="示例路1号",
            occupations=[AIM.occupation],
            seats=500,
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
        section = blueprint_pb2.BlueprintSection(
            type=item_pb2.ITEM_TYPE_TRUE_FALSE, count=QUESTIONS, points="10"
        )
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
        came = attempt_service_pb2.CheckInRequest(
            registration=self.registrations[candidate], proctor=self.proctors[0]
        )
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
        request = mark_service_pb2.MarkExamRequest(name=self.exam)
        await self.assessment("mark", "MarkExam", request)
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
        await self.assessment(
            "result", "ConfirmResults", result_service_pb2.ConfirmResultsRequest(exam=self.exam)
        )
        await self.assessment(
            "result", "PublishResults", result_service_pb2.PublishResultsRequest(exam=self.exam)
        )
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
