"""The institution's part of the journey: from a filed cohort to completions."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

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

from services.kit.clock import local_day
from tests.support.journey_calls import AIM, Calls, day, several
from tests.support.people import organization_code

CONTENT = (
    "system-building",
    "platform-operations",
    "technical-service",
    "processing",
    "analysis",
    "management",
)
TRAINING: dict[str, Callable[[Any], Any]] = {
    "institution": institution_service_pb2_grpc.InstitutionServiceStub,
    "listing": listing_service_pb2_grpc.ListingServiceStub,
    "cohort": cohort_service_pb2_grpc.CohortServiceStub,
    "enrollment": enrollment_service_pb2_grpc.EnrollmentServiceStub,
    "hours": hour_entry_service_pb2_grpc.HourEntryServiceStub,
    "completion": completion_service_pb2_grpc.CompletionServiceStub,
}


class Training(Calls):
    """What institution and supervisor do."""

    async def training(self, noun: str, rpc: str, request: Any, role: str = "institution") -> Any:
        """Call training as the institution's staff or as the supervisor."""
        return await self.call(
            "training", TRAINING[noun], rpc, request, role, self.institution if role == "institution" else ""
        )

    async def open_institution(self) -> None:
        """List the institution and fill a cohort from a roster."""
        today = local_day(self.now())
        new = institution_pb2.Institution(
            display_name=f"示例培训学院{self.number}",
            uscc=organization_code(self.number),
            kind=institution_pb2.INSTITUTION_KIND_UNIVERSITY,
            region="330000",
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
            await self.training(
                "listing", rpc, getattr(messages, f"{rpc}Request")(name=listing), "supervisor"
            )
        confirmed = messages.ConfirmListingRequest(
            name=listing, batch="2026-01", valid_from=day(today - timedelta(days=400))
        )
        await self.training("listing", "ConfirmListing", confirmed, "supervisor")

    async def _open_cohort(self, today: date) -> None:
        cohort = cohort_pb2.Cohort(
            display_name="大数据初级一班", qualification=AIM, start_date=day(today), capacity=500,
            end_date=day(today + timedelta(days=30)),
        )  # fmt: skip
        request = cohort_service_pb2.CreateCohortRequest(
            parent=self.institution, cohort_id="c1", cohort=cohort
        )
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
                enrollment=name,
                item=item,
                mode=hour_entry_pb2.TEACHING_MODE_ONLINE,
                hours="11",
                taught_on=today,
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
