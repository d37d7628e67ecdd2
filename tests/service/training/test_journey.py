"""From a listing to a completion and back, over real gRPC."""

from datetime import date

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
    events_pb2,
)
from shuzheng.training.v1 import (
    hour_entry_service_pb2 as hours,
)
from shuzheng.training.v1 import (
    listing_service_pb2 as listings,
)
from shuzheng.training.v1.cohort_pb2 import COHORT_STATE_ARCHIVED, COHORT_STATE_ENROLLING
from shuzheng.training.v1.completion_pb2 import COMPLETION_STATE_REGISTERED, COMPLETION_STATE_WITHDRAWN
from shuzheng.training.v1.enrollment_pb2 import ENROLLMENT_STATE_WITHDRAWN, Enrollment
from shuzheng.training.v1.hour_entry_pb2 import TEACHING_MODE_ONLINE, HourEntry

REGISTERED = "training.v1.completion.registered"
WITHDRAWN = "training.v1.completion.withdrawn"


async def test_a_learner_who_met_everything_completes_and_the_others_are_told(world, tools):
    cohort, (name,) = await world.graduates("c1", [1])
    found = await world.register(name)
    assert found.state == COMPLETION_STATE_REGISTERED
    assert (found.hours, found.exam_score, found.completed_on) == ("66", "75", tools.day(tools.today))
    (payload,) = await world.facts(REGISTERED)
    fact = events_pb2.CompletionRegistered.FromString(payload)
    assert (fact.completion, fact.person, fact.hours) == (found.name, found.person, "66")
    assert (fact.institution_display_name, fact.listing_batch) == ("示例培训机构1", "2026-01")
    assert fact.cohort == cohort
    assert fact.qualification == tools.big_data


async def test_every_unmet_requirement_comes_back_at_once(world, refused):
    cohort = (await world.cohort()).name
    await world.to_enrolling(cohort)
    name = (await world.enroll(cohort, 1)).name
    with refused() as refusal:
        await world.register(name)
    assert refusal.reason == "COMPLETION_NOT_ALLOWED"
    assert refusal.unmet[:3] == ["COHORT_STATE", "HOURS_INCOMPLETE", "EXAM_NOT_TAKEN"]
    assert refusal.unmet.count("CONTENT_INCOMPLETE") == 6
    assert await world.facts(REGISTERED) == []


async def test_a_batch_reports_each_learner_and_can_be_repeated(world):
    cohort, names = await world.graduates("c1", [1, 2, 3])
    await world.score(cohort, names[1:2], "59.5")
    request = completions.BatchRegisterCompletionsRequest(parent=cohort, enrollments=names)
    first = await world.a.completions.BatchRegisterCompletions(request)
    assert (first.registered, first.refused) == (2, 1)
    assert [o.enrollment for o in first.outcomes] == names
    assert [u.reason for u in first.outcomes[1].unmet] == ["EXAM_NOT_PASSED"]
    again = await world.a.completions.BatchRegisterCompletions(request)
    assert [o.completion.name for o in again.outcomes] == [o.completion.name for o in first.outcomes]
    assert len(await world.facts(REGISTERED)) == 2
    rest = await world.a.completions.BatchRegisterCompletions(
        completions.BatchRegisterCompletionsRequest(parent=cohort)
    )
    assert [o.enrollment for o in rest.outcomes] == names[1:2]


async def test_a_withdrawal_is_final_and_told(world, refused):
    cohort, (name,) = await world.graduates("c1", [1])
    found = await world.register(name)
    withdrawn = await world.supervisor.completions.WithdrawCompletion(
        completions.WithdrawCompletionRequest(name=found.name, reason="学时材料不实")
    )
    assert withdrawn.state == COMPLETION_STATE_WITHDRAWN
    (payload,) = await world.facts(WITHDRAWN)
    assert events_pb2.CompletionWithdrawn.FromString(payload).reason == "学时材料不实"
    enrollment = await world.a.enrollments.GetEnrollment(enrollments.GetEnrollmentRequest(name=name))
    assert enrollment.state == ENROLLMENT_STATE_WITHDRAWN
    with refused() as refusal:
        await world.register(name)
    assert refusal.unmet == ["NOT_ENROLLED"]
    answer = await world.a.completions.BatchRegisterCompletions(
        completions.BatchRegisterCompletionsRequest(parent=cohort, enrollments=[name])
    )
    assert (answer.registered, answer.refused) == (0, 1)


async def test_a_person_completes_one_qualification_once_in_an_institution(world, refused):
    _, (name,) = await world.graduates("c1", [1])
    await world.register(name)
    second = (await world.cohort("c2")).name
    await world.to_enrolling(second)
    learner = (await world.a.enrollments.GetEnrollment(enrollments.GetEnrollmentRequest(name=name))).learner
    place = await world.a.enrollments.CreateEnrollment(
        enrollments.CreateEnrollmentRequest(parent=second, enrollment=Enrollment(learner=learner))
    )
    await world.to_teaching(second)
    await world.teach(second, [place.name])
    await world.to_exam(second)
    await world.score(second, [place.name])
    with refused() as refusal:
        await world.register(place.name)
    assert refusal.unmet == ["ALREADY_COMPLETED"]


async def test_a_correction_replaces_an_entry_and_both_stay_in_the_ledger(world, tools, refused):
    cohort = (await world.cohort()).name
    await world.to_enrolling(cohort)
    name = (await world.enroll(cohort, 1)).name
    await world.to_teaching(cohort)
    entry = (await world.teach(cohort, [name]))[0]

    def corrected(hours_now, corrects, reason="登记错误"):
        new = HourEntry(
            enrollment=name,
            item=entry.item,
            mode=TEACHING_MODE_ONLINE,
            hours=hours_now,
            taught_on=tools.day(tools.today),
            corrects=corrects,
            reason=reason,
        )
        return world.a.hours.RecordHours(hours.RecordHoursRequest(parent=cohort, entries=[new]))

    second = (await corrected("3.5", entry.name)).entries[0]
    summary = await world.a.hours.GetHoursSummary(hours.GetHoursSummaryRequest(enrollment=name))
    assert (summary.total_hours, summary.online_hours) == ("58.5", "3.5")
    with refused() as refusal:
        await corrected("4", entry.name)
    assert refusal.reason == "ALREADY_CORRECTED"
    with refused() as refusal:
        await corrected("4", second.name, reason="")
    assert refusal.reason == "INVALID_CORRECTION"
    await corrected("0", second.name)
    summary = await world.a.hours.GetHoursSummary(hours.GetHoursSummaryRequest(enrollment=name))
    assert (summary.total_hours, summary.online_hours) == ("55", "0")
    listed = await world.a.hours.ListHourEntries(hours.ListHourEntriesRequest(parent=name))
    assert len(listed.hour_entries) == 8


async def test_nothing_is_recorded_where_one_entry_of_a_batch_is_wrong(world, tools, refused):
    cohort = (await world.cohort()).name
    await world.to_enrolling(cohort)
    name = (await world.enroll(cohort, 1)).name
    await world.to_teaching(cohort)
    good = HourEntry(enrollment=name, item="processing", mode=1, hours="2", taught_on=tools.day(tools.today))
    wrong = HourEntry(enrollment=name, item="cooking", mode=1, hours="2", taught_on=tools.day(tools.today))
    with refused() as refusal:
        await world.a.hours.RecordHours(hours.RecordHoursRequest(parent=cohort, entries=[good, wrong]))
    assert refusal.reason == "UNKNOWN_ITEM"
    assert refusal.error.violations[0].field == "entries[1].item"
    summary = await world.a.hours.GetHoursSummary(hours.GetHoursSummaryRequest(enrollment=name))
    assert summary.total_hours == "0"


async def test_only_while_listed_may_a_cohort_be_filed(world, refused, tools):
    name = (await world.cohort()).name
    listed = await world.a.listings.ListListings(listings.ListListingsRequest(parent="institutions/a"))
    await world.supervisor.listings.RectifyListing(
        listings.RectifyListingRequest(name=listed.listings[0].name, reason="师资不足")
    )
    with refused() as refusal:
        await world.a.cohorts.FileCohort(cohorts.FileCohortRequest(name=name))
    assert (refusal.reason, refusal.unmet) == ("NOT_LISTED", ["NOT_LISTED"])
    await world.supervisor.listings.RestoreListing(
        listings.RestoreListingRequest(name=listed.listings[0].name)
    )
    assert (await world.to_enrolling(name)).state == COHORT_STATE_ENROLLING


async def test_a_completion_needs_a_listing_on_the_day_it_was_reached(world, clock, refused):
    _, (early, late) = await world.graduates("c1", [1, 2])
    clock.advance(days=3)
    listed = (
        await world.a.listings.ListListings(listings.ListListingsRequest(parent="institutions/a"))
    ).listings[0]
    await world.supervisor.listings.RemoveListing(
        listings.RemoveListingRequest(name=listed.name, reason="年度评估不合格")
    )
    assert (await world.register(early)).listing == listed.name
    cohort = early.rsplit("/", 2)[0]
    again = enrollments.ExamScore(
        enrollment=late, score="80", examined_on={"year": 2026, "month": 3, "day": 5}
    )
    await world.a.enrollments.RecordExamScores(
        enrollments.RecordExamScoresRequest(parent=cohort, scores=[again])
    )
    with refused() as refusal:
        await world.register(late)
    assert refusal.unmet == ["NOT_LISTED"]


async def test_a_cohort_is_filled_to_its_capacity_and_no_further(world, refused):
    cohort = (await world.cohort(capacity=1)).name
    await world.to_enrolling(cohort)
    await world.enroll(cohort, 1)
    with refused() as refusal:
        await world.enroll(cohort, 2)
    assert refusal.reason == "COHORT_FULL"


async def test_a_late_filing_is_recorded_and_an_early_one_is_not(world, clock):
    first, second = (await world.cohort("c1")).name, (await world.cohort("c2")).name
    assert list((await world.a.cohorts.FileCohort(cohorts.FileCohortRequest(name=first))).warnings) == []
    clock.advance(days=12)
    late = await world.a.cohorts.FileCohort(cohorts.FileCohortRequest(name=second))
    assert late.warnings[0].startswith("FILING")


async def test_a_cohort_ends_in_the_archive(world):
    cohort, _ = await world.graduates("c1", [1])
    await world.a.cohorts.CloseCohort(cohorts.CloseCohortRequest(name=cohort))
    archived = await world.a.cohorts.ArchiveCohort(cohorts.ArchiveCohortRequest(name=cohort))
    assert archived.state == COHORT_STATE_ARCHIVED


async def test_a_listing_confirmed_without_an_end_lasts_the_term_of_policy(world):
    draft = await world.supervisor.listings.CreateListing(
        listings.CreateListingRequest(
            parent="institutions/a", listing={"occupation": "blockchain", "role": 1}
        )
    )
    await world.supervisor.listings.RecommendListing(listings.RecommendListingRequest(name=draft.name))
    await world.supervisor.listings.ReviewListing(listings.ReviewListingRequest(name=draft.name))
    confirmed = await world.supervisor.listings.ConfirmListing(
        listings.ConfirmListingRequest(
            name=draft.name, batch="2026-01", valid_from={"year": 2026, "month": 1, "day": 1}
        )
    )
    assert date(confirmed.valid_to.year, confirmed.valid_to.month, confirmed.valid_to.day) == date(
        2028, 12, 31
    )
    assert [change.state for change in confirmed.history] == [1, 2, 3, 4]
