"""One training service with two institutions, and short ways to walk a cohort through its life."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.type.date_pb2 import Date
from shuzheng.training.v1 import (
    cohort_service_pb2 as cohorts,
)
from shuzheng.training.v1 import (
    completion_service_pb2 as completions,
)
from shuzheng.training.v1 import (
    enrollment_service_pb2 as enrollments,
)
from shuzheng.training.v1 import (
    hour_entry_service_pb2 as hours,
)
from shuzheng.training.v1 import (
    institution_service_pb2 as institutions,
)
from shuzheng.training.v1 import (
    learner_service_pb2 as learners,
)
from shuzheng.training.v1 import (
    listing_service_pb2 as listings,
)
from shuzheng.training.v1 import (
    program_service_pb2 as programs,
)
from shuzheng.training.v1 import (
    roster_service_pb2 as rosters,
)
from shuzheng.training.v1.cohort_pb2 import Cohort
from shuzheng.training.v1.cohort_service_pb2_grpc import CohortServiceStub
from shuzheng.training.v1.completion_service_pb2_grpc import CompletionServiceStub
from shuzheng.training.v1.enrollment_pb2 import Enrollment
from shuzheng.training.v1.enrollment_service_pb2_grpc import EnrollmentServiceStub
from shuzheng.training.v1.hour_entry_pb2 import TEACHING_MODE_OFFLINE, HourEntry
from shuzheng.training.v1.hour_entry_service_pb2_grpc import HourEntryServiceStub
from shuzheng.training.v1.institution_pb2 import INSTITUTION_KIND_UNIVERSITY, Institution
from shuzheng.training.v1.institution_service_pb2_grpc import InstitutionServiceStub
from shuzheng.training.v1.learner_pb2 import Learner
from shuzheng.training.v1.learner_service_pb2_grpc import LearnerServiceStub
from shuzheng.training.v1.listing_pb2 import LISTING_ROLE_TRAINING, Listing
from shuzheng.training.v1.listing_service_pb2_grpc import ListingServiceStub
from shuzheng.training.v1.program_service_pb2_grpc import ProgramServiceStub
from shuzheng.training.v1.roster_service_pb2_grpc import RosterServiceStub
from shuzheng.type.v1.qualification_pb2 import Qualification

from services.kit.errors import AppError
from services.kit.rpc.status import from_call
from tests.support.people import organization_code, person
from tests.support.services import OpenedService

BIG_DATA = Qualification(occupation="big-data", direction="data-analysis", level=1)
TODAY = date(2026, 3, 2)
START, END = date(2026, 3, 16), date(2026, 5, 29)


def day(value: date) -> Date:
    return Date(year=value.year, month=value.month, day=value.day)


class Refused:
    """The refusal that a block of calls met."""

    def __init__(self) -> None:
        self.error: AppError | None = None

    def __enter__(self) -> "Refused":
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        assert isinstance(error, grpc.aio.AioRpcError), f"no refusal but {error!r}"
        self.error = from_call(error)
        self.code = error.code()
        return True

    @property
    def reason(self) -> str:
        assert self.error is not None
        return self.error.reason

    @property
    def unmet(self) -> list[str]:
        assert self.error is not None
        return [rule.reason for rule in self.error.unmet]


class Staff:
    """The stubs of one caller."""

    def __init__(self, opened: OpenedService, role: str, tenant: str = "") -> None:
        def stub(kind: Any) -> Any:
            return opened.stub(kind, role, tenant)

        self.institutions = stub(InstitutionServiceStub)
        self.listings = stub(ListingServiceStub)
        self.programs = stub(ProgramServiceStub)
        self.cohorts = stub(CohortServiceStub)
        self.learners = stub(LearnerServiceStub)
        self.enrollments = stub(EnrollmentServiceStub)
        self.hours = stub(HourEntryServiceStub)
        self.completions = stub(CompletionServiceStub)
        self.rosters = stub(RosterServiceStub)


class World:
    """A training service; institution `a` and `b` exist and are listed for big data."""

    def __init__(self, opened: OpenedService) -> None:
        self.opened = opened
        self.service = opened.service
        self.supervisor = Staff(opened, "supervisor")
        self.a = Staff(opened, "institution", "institutions/a")
        self.b = Staff(opened, "institution", "institutions/b")

    async def institution(self, key: str, number: int) -> Institution:
        """Enter an institution."""
        return await self.supervisor.institutions.CreateInstitution(
            institutions.CreateInstitutionRequest(
                institution_id=key,
                institution=Institution(
                    display_name=f"示例培训机构{number}",
                    uscc=organization_code(number),
                    kind=INSTITUTION_KIND_UNIVERSITY,
                    region="370100",
                ),
            )
        )

    async def listing(self, institution: str, occupation: str = "big-data") -> Listing:
        """Bring an institution into the catalogue for 2026."""
        office = self.supervisor.listings
        draft = await office.CreateListing(
            listings.CreateListingRequest(
                parent=institution, listing=Listing(occupation=occupation, role=LISTING_ROLE_TRAINING)
            )
        )
        await office.RecommendListing(listings.RecommendListingRequest(name=draft.name))
        await office.ReviewListing(listings.ReviewListingRequest(name=draft.name))
        return await office.ConfirmListing(
            listings.ConfirmListingRequest(
                name=draft.name,
                batch="2026-01",
                valid_from=day(date(2026, 1, 1)),
                valid_to=day(date(2026, 12, 31)),
            )
        )

    async def cohort(
        self, key: str = "c1", staff: Staff | None = None, parent: str = "institutions/a", capacity: int = 60
    ) -> Cohort:
        """Plan a cohort."""
        return await (staff or self.a).cohorts.CreateCohort(
            cohorts.CreateCohortRequest(
                parent=parent,
                cohort_id=key,
                cohort=Cohort(
                    display_name="2026年大数据初级班",
                    qualification=BIG_DATA,
                    start_date=day(START),
                    end_date=day(END),
                    capacity=capacity,
                ),
            )
        )

    async def to_enrolling(self, name: str) -> Cohort:
        """File a cohort and let learners enroll."""
        await self.a.cohorts.FileCohort(cohorts.FileCohortRequest(name=name))
        return await self.a.cohorts.OpenEnrollment(cohorts.OpenEnrollmentRequest(name=name))

    async def to_teaching(self, name: str) -> Cohort:
        """Start teaching."""
        return await self.a.cohorts.StartTeaching(cohorts.StartTeachingRequest(name=name))

    async def to_exam(self, name: str) -> Cohort:
        """Start the completion exam."""
        return await self.a.cohorts.StartCompletionExam(cohorts.StartCompletionExamRequest(name=name))

    async def learner(
        self, number: int, staff: Staff | None = None, parent: str = "institutions/a"
    ) -> Learner:
        """Enter the made-up person `number`."""
        who = person(number)
        return await (staff or self.a).learners.CreateLearner(
            learners.CreateLearnerRequest(
                parent=parent,
                learner=Learner(display_name=who.display_name, national_id=who.national_id, phone=who.phone),
            )
        )

    async def enroll(self, cohort: str, number: int) -> Enrollment:
        """Enter a person and enroll them."""
        learner = await self.learner(number)
        return await self.a.enrollments.CreateEnrollment(
            enrollments.CreateEnrollmentRequest(parent=cohort, enrollment=Enrollment(learner=learner.name))
        )

    async def teach(self, cohort: str, names: Sequence[str], hours_each: str = "11") -> list[HourEntry]:
        """Record hours of every content item for some enrollments."""
        program = await self.a.programs.GetProgram(
            programs.GetProgramRequest(name="programs/big-data--data-analysis--junior")
        )
        answer = await self.a.hours.RecordHours(
            hours.RecordHoursRequest(
                parent=cohort,
                entries=[
                    HourEntry(
                        enrollment=name,
                        item=item.key,
                        mode=TEACHING_MODE_OFFLINE,
                        hours=hours_each,
                        taught_on=day(TODAY),
                    )
                    for name in names
                    for item in program.items
                ],
            )
        )
        return list(answer.entries)

    async def score(self, cohort: str, names: Sequence[str], score: str = "75") -> None:
        """Record one score for some enrollments."""
        await self.a.enrollments.RecordExamScores(
            enrollments.RecordExamScoresRequest(
                parent=cohort,
                scores=[
                    enrollments.ExamScore(enrollment=n, score=score, examined_on=day(TODAY)) for n in names
                ],
            )
        )

    async def graduates(self, key: str, numbers: Sequence[int]) -> tuple[str, list[str]]:
        """Walk a cohort to its completion exam, all requirements met; returns cohort and enrollments."""
        cohort = (await self.cohort(key)).name
        await self.to_enrolling(cohort)
        names = [(await self.enroll(cohort, number)).name for number in numbers]
        await self.to_teaching(cohort)
        await self.teach(cohort, names)
        await self.to_exam(cohort)
        await self.score(cohort, names)
        return cohort, names

    async def register(self, enrollment: str, request_id: str = "") -> Any:
        """Register one completion."""
        return await self.a.completions.RegisterCompletion(
            completions.RegisterCompletionRequest(enrollment=enrollment, request_id=request_id)
        )

    async def import_roster(
        self,
        cohort: str,
        content: bytes,
        *,
        dry_run: bool = False,
        staff: Staff | None = None,
        chunk: int = 65536,
    ) -> "Import":
        """Send a file; returns everything that came back."""

        async def messages() -> AsyncIterator[Any]:
            for start in range(0, max(len(content), 1), chunk):
                yield rosters.ImportRosterRequest(
                    parent=cohort, filename="roster", dry_run=dry_run, chunk=content[start : start + chunk]
                )

        answers = [answer async for answer in (staff or self.a).rosters.ImportRoster(messages())]
        return Import(answers)

    async def facts(self, subject: str) -> list[Any]:
        """Return the payloads of the facts of one subject that wait for the relay or have gone."""
        outbox = self.service.store.tables.outbox
        async with self.service.store.read() as tx:
            rows = (await tx.execute(outbox.select().where(outbox.c.type == subject))).all()
        return [row.payload for row in rows]


class Import:
    """What came back from an import."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self.progress = [a.progress for a in answers if a.HasField("progress")]
        self.rejects = [reject for a in answers for reject in a.rejects]
        self.rejects_file = b"".join(a.rejects_file for a in answers)
        self.summary = answers[-1].summary
        self.notices = answers[-1].notices

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Rows, learners created, enrollments created, unchanged, rejected."""
        s = self.summary
        return s.rows, s.learners_created, s.enrollments_created, s.unchanged, s.rejected


def uuid() -> str:
    return str(uuid4())


async def at_once(calls: Sequence[Any]) -> list[Any]:
    """Run calls together; a refusal stands in the place of its answer."""
    return await asyncio.gather(*calls, return_exceptions=True)


@pytest.fixture
async def world(open_service: Any, request: pytest.FixtureRequest) -> World:
    """Two institutions that are listed; `indirect` parameters are settings of the service."""
    made = World(await open_service("training", **getattr(request, "param", {})))
    for number, key in enumerate(("a", "b"), start=1):
        await made.institution(key, number)
        await made.listing(f"institutions/{key}")
    return made


@pytest.fixture
def refused() -> type[Refused]:
    return Refused


@pytest.fixture
def tools() -> Any:
    """What the tests of this folder share, without an import of this file."""

    class Tools:
        pass

    found: Any = Tools()
    found.day, found.uuid, found.at_once, found.today = day, uuid, at_once, TODAY
    found.start, found.end, found.big_data = START, END, BIG_DATA
    return found
