"""What holds for every call: tenants, idempotency, etags, one winner, privacy."""

import asyncio

import grpc
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
from shuzheng.training.v1.cohort_pb2 import COHORT_STATE_FILED, Cohort
from shuzheng.training.v1.enrollment_pb2 import Enrollment
from shuzheng.training.v1.hour_entry_pb2 import TEACHING_MODE_ONLINE, HourEntry
from shuzheng.training.v1.institution_pb2 import Institution
from shuzheng.training.v1.learner_pb2 import Learner

from services.kit.privacy import Vault
from services.training.teaching.storage.rows.learners import LearnerRow
from tests.support.people import person


async def test_of_fifty_transitions_at_once_exactly_one_wins(world, tools):
    name = (await world.cohort()).name
    file = world.a.cohorts.FileCohort
    answers = await tools.at_once([file(cohorts.FileCohortRequest(name=name)) for _ in range(50)])
    won = [answer for answer in answers if isinstance(answer, Cohort)]
    lost = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert len(won) == 1
    assert len(lost) == 49
    assert {error.code() for error in lost} <= {
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ABORTED,
    }
    now = await world.a.cohorts.GetCohort(cohorts.GetCohortRequest(name=name))
    assert (now.state, now.etag) == (COHORT_STATE_FILED, won[0].etag)


async def test_the_last_place_goes_to_one_of_many(world, tools):
    cohort = (await world.cohort(capacity=5)).name
    await world.to_enrolling(cohort)
    people = [await world.learner(number) for number in range(1, 13)]
    create = world.a.enrollments.CreateEnrollment
    answers = await tools.at_once(
        [
            create(
                enrollments.CreateEnrollmentRequest(
                    parent=cohort, enrollment=Enrollment(learner=learner.name)
                )
            )
            for learner in people
        ]
    )
    assert sum(isinstance(answer, Enrollment) for answer in answers) == 5


async def test_a_completion_is_registered_once_however_often_it_is_asked_for(world, tools):
    cohort, (name,) = await world.graduates("c1", [1])
    batch = world.a.completions.BatchRegisterCompletions
    await tools.at_once(
        [world.register(name) for _ in range(5)]
        + [batch(completions.BatchRegisterCompletionsRequest(parent=cohort)) for _ in range(5)]
    )
    assert len(await world.facts("training.v1.completion.registered")) == 1


async def test_a_repeated_request_is_answered_with_what_the_first_one_made(world, tools, refused):
    request = cohorts.CreateCohortRequest(
        parent="institutions/a",
        request_id=tools.uuid(),
        cohort=Cohort(
            display_name="班",
            qualification=tools.big_data,
            start_date=tools.day(tools.start),
            end_date=tools.day(tools.end),
            capacity=10,
        ),
    )
    first, second = await world.a.cohorts.CreateCohort(request), await world.a.cohorts.CreateCohort(request)
    assert first.name == second.name
    request.cohort.capacity = 11
    with refused() as refusal:
        await world.a.cohorts.CreateCohort(request)
    assert refusal.reason == "REQUEST_ID_REUSED"


async def test_a_repeated_registration_is_answered_with_the_first_completion(world, tools):
    _, (name,) = await world.graduates("c1", [1])
    request_id = tools.uuid()
    first, second = await world.register(name, request_id), await world.register(name, request_id)
    assert first == second


async def test_a_stale_etag_is_refused(world, refused):
    planned = await world.cohort()
    await world.a.cohorts.FileCohort(cohorts.FileCohortRequest(name=planned.name, etag=planned.etag))
    with refused() as refusal:
        await world.a.cohorts.OpenEnrollment(
            cohorts.OpenEnrollmentRequest(name=planned.name, etag=planned.etag)
        )
    assert (refusal.reason, refusal.code) == ("STALE_ETAG", grpc.StatusCode.ABORTED)


async def test_a_tenant_sees_and_touches_nothing_of_another(world, refused):
    cohort, (name,) = await world.graduates("c1", [1])
    completion = await world.register(name)
    learner = completion.learner
    calls = [
        world.b.institutions.GetInstitution(institutions.GetInstitutionRequest(name="institutions/a")),
        world.b.listings.ListListings(listings.ListListingsRequest(parent="institutions/a")),
        world.b.cohorts.GetCohort(cohorts.GetCohortRequest(name=cohort)),
        world.b.cohorts.ListCohorts(cohorts.ListCohortsRequest(parent="institutions/a")),
        world.b.cohorts.CloseCohort(cohorts.CloseCohortRequest(name=cohort)),
        world.b.cohorts.UpdateCohort(
            cohorts.UpdateCohortRequest(
                cohort=Cohort(name=cohort, capacity=1), update_mask={"paths": ["capacity"]}
            )
        ),
        world.b.learners.GetLearner(learners.GetLearnerRequest(name=learner)),
        world.b.learners.FindLearner(
            learners.FindLearnerRequest(parent="institutions/a", national_id=person(1).national_id)
        ),
        world.b.enrollments.ListEnrollments(enrollments.ListEnrollmentsRequest(parent=cohort)),
        world.b.completions.GetCompletion(completions.GetCompletionRequest(name=completion.name)),
        world.b.completions.WithdrawCompletion(
            completions.WithdrawCompletionRequest(name=completion.name, reason="x")
        ),
        world.b.completions.RegisterCompletion(completions.RegisterCompletionRequest(enrollment=name)),
    ]
    for call in calls:
        with refused() as refusal:
            await call
        assert (refusal.reason, refusal.code) == ("OTHER_TENANT", grpc.StatusCode.PERMISSION_DENIED)
    with refused() as refusal:
        await world.import_roster(cohort, b"x", staff=world.b)
    assert refusal.reason == "OTHER_TENANT"


async def test_a_foreign_learner_cannot_be_named_in_ones_own_request(world, refused):
    cohort = (await world.cohort()).name
    await world.to_enrolling(cohort)
    foreign = await world.learner(1, world.b, "institutions/b")
    with refused() as refusal:
        await world.a.enrollments.CreateEnrollment(
            enrollments.CreateEnrollmentRequest(parent=cohort, enrollment=Enrollment(learner=foreign.name))
        )
    assert refusal.reason == "INVALID_NAME"


async def test_a_name_of_another_kind_is_told_with_its_place_in_the_request(world, refused):
    cohort = (await world.cohort()).name
    entry = HourEntry(
        enrollment=f"{cohort}/enrollments/one",
        item="analysis",
        mode=TEACHING_MODE_ONLINE,
        hours="1",
        taught_on=Date(year=2026, month=3, day=16),
        corrects=cohort,
        reason="x",
    )
    learner, mask = Enrollment(learner="learners/one"), {"paths": ["capacity"]}
    calls = {
        "entries[0].corrects": world.a.hours.RecordHours(
            hours.RecordHoursRequest(parent=cohort, entries=[entry])
        ),
        "enrollment.learner": world.a.enrollments.CreateEnrollment(
            enrollments.CreateEnrollmentRequest(parent=cohort, enrollment=learner)
        ),
        "cohort.name": world.a.cohorts.UpdateCohort(
            cohorts.UpdateCohortRequest(cohort=Cohort(name=f"{cohort}/more"), update_mask=mask)
        ),
        "cohort": world.a.completions.ListCompletions(
            completions.ListCompletionsRequest(parent="institutions/a", cohort="cohorts/one")
        ),
    }
    for field, call in calls.items():
        with refused() as refusal:
            await call
        assert (refusal.reason, [v.field for v in refusal.error.violations]) == ("INVALID_NAME", [field])


async def test_the_same_person_is_one_learner_an_institution_and_one_person_to_all(world, refused):
    first = await world.learner(1)
    with refused() as refusal:
        await world.learner(1)
    assert (refusal.reason, refusal.code) == ("LEARNER_EXISTS", grpc.StatusCode.ALREADY_EXISTS)
    elsewhere = await world.learner(1, world.b, "institutions/b")
    assert elsewhere.person == first.person
    found = await world.a.learners.FindLearner(
        learners.FindLearnerRequest(parent="institutions/a", national_id=person(1).national_id)
    )
    assert found == first


async def test_numbers_are_sealed_at_rest_and_masked_in_every_answer(world):
    who = person(1)
    made = await world.learner(1)
    assert made.national_id == made.phone == ""
    assert made.national_id_masked == f"{who.national_id[:6]}********{who.national_id[14:]}"
    assert made.phone_masked == f"{who.phone[:3]}****{who.phone[-4:]}"
    async with world.service.store.read() as tx:
        row = await tx.get(LearnerRow, made.name)
    assert who.national_id not in repr(row)
    assert who.national_id.encode() not in row.sealed_id
    vault = Vault.open(world.service.config.vault_secret, create=False)
    assert vault.open_sealed(row.sealed_id) == who.national_id


async def test_a_new_name_shows_in_the_enrollments(world):
    cohort = (await world.cohort()).name
    await world.to_enrolling(cohort)
    place = await world.enroll(cohort, 1)
    await world.a.learners.UpdateLearner(
        learners.UpdateLearnerRequest(
            learner=Learner(name=place.learner, display_name="新名"), update_mask={"paths": ["display_name"]}
        )
    )
    now = await world.a.enrollments.GetEnrollment(enrollments.GetEnrollmentRequest(name=place.name))
    assert now.learner_display_name == "新名"


async def test_a_failed_check_digit_is_recorded_and_one_code_belongs_to_one_institution(world, refused):
    def create(key, code):
        return world.supervisor.institutions.CreateInstitution(
            institutions.CreateInstitutionRequest(
                institution_id=key, institution=Institution(display_name="某机构", uscc=code, kind=1)
            )
        )

    odd = await create("odd", "91330100799655058C")
    assert len(odd.warnings) == 1
    with refused() as refusal:
        await create("other", "91330100799655058C")
    assert refusal.reason == "USCC_TAKEN"
    with refused() as refusal:
        await create("third", "SVZ")
    assert refusal.reason == "INVALID_USCC"


async def test_dates_of_a_filed_cohort_stand(world, tools, refused):
    planned = await world.cohort()
    moved = Cohort(name=planned.name, start_date=tools.day(tools.end), end_date=tools.day(tools.end))
    request = cohorts.UpdateCohortRequest(cohort=moved, update_mask={"paths": ["start_date", "end_date"]})
    assert (await world.a.cohorts.UpdateCohort(request)).start_date == tools.day(tools.end)
    await world.a.cohorts.FileCohort(cohorts.FileCohortRequest(name=planned.name))
    request.cohort.start_date.day -= 1
    with refused() as refusal:
        await world.a.cohorts.UpdateCohort(request)
    assert refusal.reason == "COHORT_STATE"


async def test_lists_come_in_pages(world):
    await asyncio.gather(*(world.cohort(f"c{number}") for number in range(5)))
    seen, token = [], ""
    while True:
        page = await world.a.cohorts.ListCohorts(
            cohorts.ListCohortsRequest(parent="institutions/a", page_size=2, page_token=token)
        )
        seen += [cohort.name for cohort in page.cohorts]
        token = page.next_page_token
        if not token:
            break
    assert seen == [f"institutions/a/cohorts/c{number}" for number in range(5)]


async def test_programs_are_public_and_say_how_sure_they_are(world, refused):
    page = await world.b.programs.ListPrograms(
        programs.ListProgramsRequest(occupation="big-data", level=1, page_size=3)
    )
    assert len(page.programs) == 3
    rest = await world.b.programs.ListPrograms(
        programs.ListProgramsRequest(occupation="big-data", level=1, page_token=page.next_page_token)
    )
    names = [program.name for program in (*page.programs, *rest.programs)]
    assert names == sorted(set(names))
    marks = {source.subject: source.mark for source in page.programs[0].sources}
    assert marks["hours"] == "UNCONFIRMED"
    with refused() as refusal:
        await world.b.programs.GetProgram(programs.GetProgramRequest(name="programs/cooking--junior"))
    assert refusal.code == grpc.StatusCode.NOT_FOUND


async def test_an_id_number_stands_in_no_open_field(world, refused):
    learner = await world.learner(1)
    learner.employer = f"示例公司 {person(2).national_id}"
    request = learners.UpdateLearnerRequest(learner=learner, update_mask={"paths": ["employer"]})
    with refused() as refusal:
        await world.a.learners.UpdateLearner(request)
    assert refusal.reason == "INVALID_FIELD"
    assert person(2).national_id not in str(refusal.error)
