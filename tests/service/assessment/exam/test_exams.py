"""Exams over real gRPC: schedule rules, seats under concurrency, the lifecycle."""

import asyncio

import grpc
import pytest
from shuzheng.assessment.v1 import (
    exam_pb2,
    exam_service_pb2,
    exam_service_pb2_grpc,
    registration_pb2,
    registration_service_pb2,
    registration_service_pb2_grpc,
)

from tests.support.sitting import BODY, BODY_USCC, EXAM, INSTITUTION, Sitting, details, refused


@pytest.fixture
async def sitting(open_service, clock) -> Sitting:
    return Sitting(await open_service("assessment"), clock)


async def test_a_schedule_is_refused_with_every_unmet_rule(sitting):
    await sitting.prepare()
    code, reason, unmet = await refused(
        sitting.schedule(site=f"{BODY}/sites/none", proctors=[], examiners=sitting.examiners[:2])
    )
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "EXAM_RULES_UNMET")
    assert set(unmet) == {"FOREIGN_SITE", "TOO_FEW_PROCTORS", "TOO_FEW_EXAMINERS", "EVEN_EXAMINERS"}


async def test_a_scheduled_exam_moves_through_its_states(sitting):
    await sitting.prepare()
    exam = await sitting.schedule()
    assert exam.state == exam_pb2.EXAM_STATE_SCHEDULED
    assert (exam.examined_on.month, exam.examined_on.day) == (3, 12)
    opened = await sitting.exams.OpenExam(exam_service_pb2.OpenExamRequest(name=EXAM, etag=exam.etag))
    assert opened.state == exam_pb2.EXAM_STATE_OPEN
    code, reason, _ = await refused(
        sitting.exams.CloseExam(exam_service_pb2.CloseExamRequest(name=EXAM, etag=exam.etag))
    )
    assert (code, reason) == (grpc.StatusCode.ABORTED, "STALE_ETAG")
    code, reason, _ = await refused(sitting.mark_exam())
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")


async def test_outsiders_see_neither_paper_nor_task_nor_staff(sitting):
    await sitting.open_exam()
    stub = sitting.as_candidate(exam_service_pb2_grpc.ExamServiceStub, "candidates/x")
    seen = await stub.GetExam(exam_service_pb2.GetExamRequest(name=EXAM))
    assert (seen.paper, seen.ability_task, list(seen.proctors), list(seen.examiners)) == ("", "", [], [])
    own = await sitting.exams.GetExam(exam_service_pb2.GetExamRequest(name=EXAM))
    assert own.paper and own.ability_task and own.proctors and own.examiners


async def test_200_candidates_for_150_seats_fill_exactly_150(sitting):
    await sitting.open_exam(capacity=150)
    names = [await sitting.candidate(number) for number in range(1, 201)]
    answers = await asyncio.gather(*map(sitting.register, names), return_exceptions=True)
    seats = [a for a in answers if isinstance(a, registration_pb2.Registration)]
    refusals = [a for a in answers if isinstance(a, grpc.aio.AioRpcError)]
    assert len(seats) == 150
    assert sorted(r.seat for r in seats) == list(range(1, 151))
    assert len({r.ticket_number for r in seats}) == 150
    assert {(r.code(), details(r)[0]) for r in refusals} == {
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "EXAM_FULL")
    }
    exam = await sitting.exams.GetExam(exam_service_pb2.GetExamRequest(name=EXAM))
    assert exam.seats_taken == 150


async def test_one_person_gets_one_seat_however_often_they_ask_at_once(sitting):
    await sitting.open_exam()
    name = await sitting.candidate(1)
    answers = await asyncio.gather(*(sitting.register(name) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(a, registration_pb2.Registration) for a in answers) == 1
    assert {details(a)[0] for a in answers if isinstance(a, grpc.aio.AioRpcError)} == {"ALREADY_REGISTERED"}
    exam = await sitting.exams.GetExam(exam_service_pb2.GetExamRequest(name=EXAM))
    assert exam.seats_taken == 1


async def test_a_cancelled_seat_is_given_again_but_its_ticket_is_not(sitting):
    await sitting.open_exam()
    first, second, third = [await sitting.register(await sitting.candidate(n)) for n in (1, 2, 3)]
    stub = sitting.as_candidate(registration_service_pb2_grpc.RegistrationServiceStub, second.candidate)
    await stub.CancelRegistration(
        registration_service_pb2.CancelRegistrationRequest(name=second.name, candidate=second.candidate)
    )
    again = await sitting.register(second.candidate)
    assert again.seat == second.seat
    assert len({first.ticket_number, second.ticket_number, third.ticket_number, again.ticket_number}) == 4


async def test_a_seat_cannot_be_given_back_after_closing(sitting):
    await sitting.open_exam()
    seat = await sitting.register(await sitting.candidate(1))
    await sitting.exams.CloseExam(exam_service_pb2.CloseExamRequest(name=EXAM))
    request = registration_service_pb2.CancelRegistrationRequest(name=seat.name)
    code, reason, _ = await refused(sitting.registrations.CancelRegistration(request))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "REGISTRATION_NOT_OPEN")


async def test_who_is_not_eligible_learns_every_missing_condition(sitting):
    await sitting.open_exam()
    name = await sitting.candidate(1, trained=False, titles=[])
    code, reason, unmet = await refused(sitting.register(name))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NOT_ELIGIBLE")
    assert unmet[0] == "LEARNING_PROOF_MISSING"
    assert {"TITLE_MISSING", "DEGREE_MISSING", "TOO_FEW_WORK_YEARS"} <= set(unmet)


async def test_a_body_does_not_examine_whom_it_trained(sitting):
    await sitting.open_exam()
    name = await sitting.candidate(1, trained=False)
    person = await sitting.person(name)
    await sitting.deliver(sitting.completion(person, 1, institution_uscc=BODY_USCC))
    code, reason, unmet = await refused(sitting.register(name))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BODY_TRAINED_CANDIDATE")
    assert unmet == ["BODY_TRAINED_CANDIDATE"]


async def test_an_institution_registers_its_own_people_as_a_batch(sitting):
    await sitting.open_exam()
    trained, untrained = await sitting.candidate(1), await sitting.candidate(2, trained=False)
    stub = sitting.opened.stub(
        registration_service_pb2_grpc.RegistrationServiceStub, "institution", INSTITUTION
    )
    request = registration_service_pb2.BatchCreateRegistrationsRequest(
        parent=EXAM, institution=INSTITUTION, candidates=[trained, untrained, "candidates/nobody"]
    )
    answer = await stub.BatchCreateRegistrations(request)
    assert [r.candidate for r in answer.registrations] == [trained]
    assert answer.registrations[0].institution == INSTITUTION
    assert {(r.candidate, r.reason) for r in answer.refusals} == {
        (untrained, "NOT_ELIGIBLE"),
        ("candidates/nobody", "RESOURCE_NOT_FOUND"),
    }
    again = await stub.BatchCreateRegistrations(request)
    assert [r.name for r in again.registrations] == [r.name for r in answer.registrations]


async def test_nobody_registers_or_reads_for_somebody_else(sitting):
    await sitting.open_exam()
    mine, other = await sitting.candidate(1), await sitting.candidate(2)
    seat = await sitting.register(mine)
    stub = sitting.as_candidate(registration_service_pb2_grpc.RegistrationServiceStub, other)
    wanted = registration_service_pb2.CreateRegistrationRequest(
        parent=EXAM, registration=registration_pb2.Registration(candidate=mine)
    )
    code, _, _ = await refused(stub.CreateRegistration(wanted))
    assert code == grpc.StatusCode.PERMISSION_DENIED
    code, _, _ = await refused(
        stub.GetRegistration(registration_service_pb2.GetRegistrationRequest(name=seat.name, candidate=other))
    )
    assert code == grpc.StatusCode.NOT_FOUND
