"""An exam of the assessment service with made-up candidates, brought as far as a test needs over real gRPC.

Body, site, staff and paper are put into the database as they stand after their own work; everything after is called.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2, status_pb2
from google.type.date_pb2 import Date
from shuzheng.assessment.v1 import (
    attempt_pb2,
    attempt_service_pb2,
    attempt_service_pb2_grpc,
    candidate_pb2,
    candidate_service_pb2,
    candidate_service_pb2_grpc,
    exam_pb2,
    exam_service_pb2,
    exam_service_pb2_grpc,
    item_pb2,
    mark_pb2,
    mark_service_pb2,
    mark_service_pb2_grpc,
    registration_pb2,
    registration_service_pb2,
    registration_service_pb2_grpc,
    result_service_pb2,
    result_service_pb2_grpc,
)
from shuzheng.training.v1 import events_pb2 as training
from shuzheng.type.v1.qualification_pb2 import Qualification
from sqlalchemy import select

from services.assessment.bank.domain.item import Choice, ItemContent, ItemType
from services.assessment.bank.domain.paper import PaperQuestion, canonical, seal
from services.assessment.bank.storage.rows.papers import PaperContentRow, PaperRow
from services.assessment.register.storage.rows.bodies import BodyRow
from services.assessment.register.storage.rows.examiners import ExaminerRow
from services.assessment.register.storage.rows.listings import ListingRow
from services.assessment.register.storage.rows.sites import SiteRow
from services.kit.events.envelope import Envelope
from tests.support.clock import SettableClock
from tests.support.people import organization_code, person
from tests.support.services import OpenedService

BODY = "bodies/b1"
EXAM = f"{BODY}/exams/e1"
BODY_USCC = organization_code(1)
INSTITUTION = "institutions/i1"
BIG_DATA = Qualification(occupation="big-data", direction="", level=1)
START = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)  # 09:00 in China
MINUTES = 90
QUESTIONS = tuple(
    PaperQuestion(
        n,
        250,
        f"{BODY}/banks/k/items/i{n}/versions/1",
        "1.1.1",
        ItemContent(
            ItemType.SINGLE_CHOICE,
            f"第{n}题",
            (Choice("a", "对", True), Choice("b", "错", False)),
        ),
    )
    for n in range(1, 5)
)


def timestamp(moment: datetime) -> Timestamp:
    """A moment as it travels."""
    found = Timestamp()
    found.FromDatetime(moment)
    return found


def day(value: date) -> Date:
    """A day as it travels."""
    return Date(year=value.year, month=value.month, day=value.day)


def chosen(position: int, sequence: int, key: str) -> attempt_pb2.SavedAnswer:
    """An answer to one of the questions; "a" is right everywhere."""
    answer = item_pb2.Answer(chosen=item_pb2.ChosenKeys(keys=[key]))
    return attempt_pb2.SavedAnswer(position=position, sequence=sequence, answer=answer)


class Sitting:
    """One opened assessment service, and what tests do to it."""

    def __init__(self, opened: OpenedService, clock: SettableClock, examiners: int = 3):
        self.opened = opened
        self.service = opened.service
        self.clock = clock
        self.examiners = [f"{BODY}/examiners/x{n}" for n in range(examiners)]
        self.proctors: list[str] = []
        self.exams = self.body(exam_service_pb2_grpc.ExamServiceStub)
        self.results = self.body(result_service_pb2_grpc.ResultServiceStub)
        self.marks = self.body(mark_service_pb2_grpc.MarkServiceStub)
        self.registrations = self.body(registration_service_pb2_grpc.RegistrationServiceStub)
        self.attempts = self.body(attempt_service_pb2_grpc.AttemptServiceStub)

    def body(self, kind: Any) -> Any:
        """A stub of the body's staff."""
        return self.opened.stub(kind, "body", BODY)

    def as_candidate(self, kind: Any, candidate: str) -> Any:
        """A stub of a candidate."""
        return self.opened.stub(kind, "candidate", candidate)

    def as_examiner(self, examiner: str) -> Any:
        """A MarkService stub of an examiner."""
        return self.opened.stub(mark_service_pb2_grpc.MarkServiceStub, "examiner", examiner)

    async def prepare(self, capacity: int = 30) -> None:
        """Put body, listing, site, staff and sealed paper into the database."""
        self.proctors = [f"{BODY}/examiners/p{n}" for n in range(max(2, -(-capacity // 15)))]
        self.examiners = [f"{BODY}/examiners/x{n}" for n in range(max(3, -(-capacity // 10) // 2 * 2 + 1))]
        text = canonical(QUESTIONS)
        leave = [{"occupation": "big-data", "credential": "K", "valid_from": "2025-01-01", "valid_to": ""}]
        rows = [
            BodyRow(name=BODY, display_name="示例评价机构", uscc=BODY_USCC, state="ACTIVE"),
            ListingRow(
                name=f"{BODY}/listings/l1",
                parent=BODY,
                occupation="big-data",
                batch="第三批",
                valid_from=date(2025, 1, 1),
                valid_to=date(2027, 12, 31),
                state="CONFIRMED",
                history=[["CONFIRMED", "2025-01-01", ""]],
            ),
            SiteRow(
                name=f"{BODY}/sites/s1",
                parent=BODY,
                display_name="示例考点",
                occupations=["big-data"],
                seats=capacity,
                state="LISTED",
            ),
            *(
                ExaminerRow(name=n, parent=BODY, display_name="监考", proctor=True, state="ACTIVE")
                for n in self.proctors
            ),
            *(
                ExaminerRow(name=n, parent=BODY, display_name="考评", qualifications=leave, state="ACTIVE")
                for n in self.examiners
            ),
            PaperRow(
                name=f"{BODY}/papers/p1",
                parent=BODY,
                bank="k",
                blueprint="b",
                occupation="big-data",
                level=1,
                seed="s",
                question_count=len(QUESTIONS),
                release_from=START - timedelta(hours=1),
                release_to=START + timedelta(hours=6),
                content_hash=seal(text),
                state="SEALED",
            ),
            PaperContentRow(name=f"{BODY}/papers/p1/content", parent=f"{BODY}/papers/p1", content=text),
        ]
        async with self.service.store.write() as tx:
            for row in rows:
                await tx.insert(row)

    def plan(self, capacity: int, shift: timedelta, **changes: Any) -> exam_pb2.Exam:
        """An exam that meets every rule, or nearly."""
        start = START + shift
        end = start + timedelta(hours=3)
        values = {
            "display_name": "2026年第一次考试",
            "site": f"{BODY}/sites/s1",
            "qualification": BIG_DATA,
            "paper": f"{BODY}/papers/p1",
            "theory_minutes": MINUTES,
            "capacity": capacity,
            "theory_window": exam_pb2.ExamWindow(start_time=timestamp(start), end_time=timestamp(end)),
            "ability_window": exam_pb2.ExamWindow(
                start_time=timestamp(end), end_time=timestamp(end + timedelta(hours=3))
            ),
            "ability_task": "完成一个数据分析任务",
            "proctors": self.proctors,
            "examiners": self.examiners,
        }
        return exam_pb2.Exam(**values | changes)

    async def schedule(
        self, capacity: int = 30, exam_id: str = "e1", shift: timedelta = timedelta(0), **changes: Any
    ) -> exam_pb2.Exam:
        """Schedule an exam."""
        request = exam_service_pb2.ScheduleExamRequest(
            parent=BODY, exam_id=exam_id, exam=self.plan(capacity, shift, **changes)
        )
        return await self.exams.ScheduleExam(request)

    async def open_exam(self, capacity: int = 30) -> None:
        """Prepare, schedule and open the exam for registration."""
        await self.prepare(capacity)
        await self.schedule(capacity)
        await self.exams.OpenExam(exam_service_pb2.OpenExamRequest(name=EXAM))

    async def candidate(self, number: int, *, trained: bool = True, **changes: Any) -> str:
        """Create an eligible candidate (a technician, trained for the level); returns the name."""
        who = person(number)
        values = {
            "display_name": who.display_name,
            "national_id": who.national_id,
            "titles": [candidate_pb2.ProfessionalTitle(rank=1, obtained_on=day(date(2024, 1, 1)))],
        }
        stub = self.opened.stub(candidate_service_pb2_grpc.CandidateServiceStub, "service")
        request = candidate_service_pb2.CreateCandidateRequest(
            candidate_id=f"c{number}", candidate=candidate_pb2.Candidate(**values | changes)
        )
        made = await stub.CreateCandidate(request)
        if trained:
            await self.deliver(self.completion(made.person, number))
        return made.name

    async def person(self, candidate: str) -> str:
        """The pseudonym of a candidate."""
        stub = self.as_candidate(candidate_service_pb2_grpc.CandidateServiceStub, candidate)
        return (await stub.GetCandidate(candidate_service_pb2.GetCandidateRequest(name=candidate))).person

    def completion(self, pseudonym: str, number: int, **changes: Any) -> training.CompletionRegistered:
        """The completion of a person at the institution."""
        values = {
            "completion": f"{INSTITUTION}/completions/c{number}",
            "person": pseudonym,
            "holder_name": "张三",
            "institution": INSTITUTION,
            "institution_uscc": organization_code(2),
            "qualification": BIG_DATA,
            "hours": "80",
            "completed_on": day(date(2026, 2, 1)),
        }
        return training.CompletionRegistered(**values | changes)

    async def deliver(self, *messages: Message, subject: str = "training.v1.completion.registered") -> None:
        """Hand facts to the consumer as a delivery does."""
        for message in messages:
            about = Envelope(str(uuid4()), subject, subject.split(".")[0], self.clock.now())
            consumer = next(c for c in self.service.consumers if subject in c.table)
            async with self.service.store.write() as tx:
                await consumer.dispatch(tx, about, message.SerializeToString())

    async def register(self, candidate: str, exam: str = EXAM) -> registration_pb2.Registration:
        """Register a candidate as itself."""
        stub = self.as_candidate(registration_service_pb2_grpc.RegistrationServiceStub, candidate)
        wanted = registration_pb2.Registration(candidate=candidate)
        return await stub.CreateRegistration(
            registration_service_pb2.CreateRegistrationRequest(parent=exam, registration=wanted)
        )

    async def begin(self, numbers: Sequence[int]) -> dict[str, str]:
        """Register candidates, begin the exam and check them in; returns attempt → registration."""
        seats = [await self.register(await self.candidate(number)) for number in numbers]
        await self.exams.CloseExam(exam_service_pb2.CloseExamRequest(name=EXAM))
        self.clock.set(START)
        await self.exams.BeginExam(exam_service_pb2.BeginExamRequest(name=EXAM))
        return {(await self.check_in(seat.name)).name: seat.name for seat in seats}

    async def check_in(self, registration: str) -> attempt_pb2.Attempt:
        """Check a candidate in by the body."""
        return await self.attempts.CheckIn(attempt_service_pb2.CheckInRequest(registration=registration))

    def sits(self, attempt: str) -> Any:
        """An AttemptService stub of the candidate of an attempt."""
        return self.as_candidate(
            attempt_service_pb2_grpc.AttemptServiceStub, "/".join(attempt.split("/")[:2])
        )

    async def start(self, attempt: str) -> attempt_pb2.Attempt:
        """Start the clock of an attempt."""
        return await self.sits(attempt).StartAttempt(attempt_service_pb2.StartAttemptRequest(name=attempt))

    async def save(self, attempt: str, *answers: attempt_pb2.SavedAnswer) -> int:
        """Save answers; returns how many were new."""
        request = attempt_service_pb2.SaveAnswersRequest(name=attempt, answers=answers)
        return (await self.sits(attempt).SaveAnswers(request)).saved

    async def submit(self, attempt: str) -> attempt_pb2.Attempt:
        """Hand the paper in."""
        return await self.sits(attempt).SubmitAttempt(attempt_service_pb2.SubmitAttemptRequest(name=attempt))

    async def sheet(self, attempt: str) -> attempt_service_pb2.GetAttemptSheetResponse:
        """Resume."""
        return await self.sits(attempt).GetAttemptSheet(
            attempt_service_pb2.GetAttemptSheetRequest(name=attempt)
        )

    async def mark(self, examiner: str, registration: str, score: str) -> mark_pb2.Mark:
        """Give a mark for the ability part."""
        request = mark_service_pb2.CreateMarkRequest(
            parent=examiner, mark=mark_pb2.Mark(registration=registration, score=score)
        )
        return await self.as_examiner(examiner).CreateMark(request)

    async def mark_exam(self) -> mark_service_pb2.MarkExamResponse:
        """End the sitting and mark the theory part."""
        return await self.marks.MarkExam(mark_service_pb2.MarkExamRequest(name=EXAM))

    async def sat(self, scores: dict[int, tuple[int, str]]) -> dict[int, str]:
        """Let candidates sit both parts: number → (right answers, ability mark); returns number → result."""
        attempts = dict(zip(scores, (await self.begin(list(scores))).items(), strict=True))
        for number, (attempt, registration) in attempts.items():
            right, ability = scores[number]
            await self.start(attempt)
            await self.save(attempt, *(chosen(n, 1, "a" if n <= right else "b") for n in range(1, 5)))
            await self.submit(attempt)
            for examiner in self.examiners[:2]:
                await self.mark(examiner, registration, ability)
        await self.mark_exam()
        return {
            number: f"{BODY}/results/{registration.rsplit('/', 1)[-1]}"
            for number, (_, registration) in attempts.items()
        }

    async def publish(self) -> result_service_pb2.PublishResultsResponse:
        """Confirm and publish every result of the exam."""
        await self.results.ConfirmResults(result_service_pb2.ConfirmResultsRequest(exam=EXAM))
        return await self.results.PublishResults(result_service_pb2.PublishResultsRequest(exam=EXAM))

    async def facts(self) -> list[tuple[str, bytes]]:
        """Subject and payload of every fact recorded so far, in order."""
        outbox = self.service.store.tables.outbox
        async with self.service.store.read() as tx:
            rows = await tx.execute(select(outbox.c.type, outbox.c.payload).order_by(outbox.c.position))
            return [(row.type, row.payload) for row in rows]


def details(error: grpc.aio.AioRpcError) -> tuple[str, list[str]]:
    """Return reason and unmet reasons of a refusal."""
    status = status_pb2.Status()
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            status.ParseFromString(value)
    reason, unmet = "", []
    for detail in status.details:
        info, failure = error_details_pb2.ErrorInfo(), error_details_pb2.PreconditionFailure()
        if detail.Unpack(info):
            reason = info.reason
        elif detail.Unpack(failure):
            unmet = [violation.type for violation in failure.violations]
    return reason, unmet


async def refused(call: Any) -> tuple[grpc.StatusCode, str, list[str]]:
    """Return code, reason and unmet reasons of a call that must be refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return (caught.value.code(), *details(caught.value))
