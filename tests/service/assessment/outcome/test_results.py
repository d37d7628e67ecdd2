"""Marking, results, annulment over real gRPC, and the facts that other services hear."""

import asyncio
from datetime import date, timedelta

import grpc
import pytest
from shuzheng.assessment.v1 import (
    candidate_service_pb2,
    candidate_service_pb2_grpc,
    events_pb2,
    evidence_pb2,
    evidence_service_pb2,
    evidence_service_pb2_grpc,
    exam_service_pb2,
    mark_pb2,
    mark_service_pb2,
    mark_service_pb2_grpc,
    result_pb2,
    result_service_pb2,
    result_service_pb2_grpc,
)
from shuzheng.certificates.v1 import events_pb2 as certificates
from shuzheng.training.v1 import events_pb2 as training

from tests.support.sitting import BIG_DATA, BODY, EXAM, INSTITUTION, START, Sitting, chosen, day, refused


@pytest.fixture
async def sitting(open_service, clock) -> Sitting:
    opened = Sitting(await open_service("assessment"), clock)
    await opened.open_exam()
    return opened


async def marking(sitting: Sitting, examiner: str, registration: str) -> mark_service_pb2.GetMarkingResponse:
    request = mark_service_pb2.GetMarkingRequest(registration=registration, examiner=examiner)
    return await sitting.as_examiner(examiner).GetMarking(request)


async def test_two_examiners_do_not_see_each_others_mark_before_both_are_in(sitting):
    ((_, registration),) = (await sitting.begin((1,))).items()
    first, second, third = sitting.examiners
    await sitting.mark(first, registration, "70")
    seen = await marking(sitting, second, registration)
    assert [(m.concealed, m.score, m.note) for m in seen.marks] == [(True, "", "")]
    assert seen.state == mark_pb2.MARKING_STATE_AWAITING_MARKS and seen.score == ""
    assert [m.score for m in (await marking(sitting, first, registration)).marks] == ["70"]
    staff = sitting.body(mark_service_pb2_grpc.MarkServiceStub)
    body_sees = await staff.GetMarking(mark_service_pb2.GetMarkingRequest(registration=registration))
    assert [m.score for m in body_sees.marks] == [""]
    others = mark_service_pb2.ListMarksRequest(parent=first)
    code, _, _ = await refused(sitting.as_examiner(second).ListMarks(others))
    assert code == grpc.StatusCode.PERMISSION_DENIED
    await sitting.mark(second, registration, "75.5")
    seen = await marking(sitting, second, registration)
    assert sorted(m.score for m in seen.marks) == ["70", "75.5"]
    assert (seen.state, seen.score) == (mark_pb2.MARKING_STATE_SETTLED, "72.8")
    code, reason, _ = await refused(sitting.mark(third, registration, "80"))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "MARKS_COMPLETE")


async def test_two_marks_too_far_apart_call_for_a_third_who_is_as_blind(sitting):
    ((_, registration),) = (await sitting.begin((1,))).items()
    first, second, third = sitting.examiners
    await sitting.mark(first, registration, "50")
    await sitting.mark(second, registration, "70")
    seen = await marking(sitting, third, registration)
    assert seen.state == mark_pb2.MARKING_STATE_AWAITING_THIRD
    assert all(m.concealed and not m.score for m in seen.marks)
    await sitting.mark(third, registration, "72")
    assert (await marking(sitting, third, registration)).score == "71"


async def test_marks_at_the_same_moment_are_counted_one_after_the_other(sitting):
    ((_, registration),) = (await sitting.begin((1,))).items()
    answers = await asyncio.gather(
        *(sitting.mark(examiner, registration, "70") for examiner in sitting.examiners),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, mark_pb2.Mark) for answer in answers) == 2
    assert (await marking(sitting, sitting.examiners[0], registration)).score == "70"


async def test_an_examiner_marks_once_and_not_when_recused_or_not_appointed(sitting):
    ((attempt, registration),) = (await sitting.begin((1,))).items()
    first, second, _ = sitting.examiners
    await sitting.mark(first, registration, "70")
    code, reason, _ = await refused(sitting.mark(first, registration, "90"))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ALREADY_MARKED")
    recusal = mark_pb2.Recusal(examiner=second, candidate="/".join(attempt.split("/")[:2]), reason="亲属")
    await sitting.as_examiner(second).RecuseExaminer(mark_service_pb2.RecuseExaminerRequest(recusal=recusal))
    code, reason, _ = await refused(sitting.mark(second, registration, "70"))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "EXAMINER_RECUSED")
    _, _, unmet = await refused(sitting.mark(sitting.proctors[0], registration, "70"))
    assert set(unmet) == {"NOT_EXAMINER_OF_EXAM", "EXAMINER_NOT_QUALIFIED"}


async def test_marking_waits_for_candidates_who_still_work(sitting, clock):
    (attempt,) = await sitting.begin((1,))
    await sitting.start(attempt)
    code, reason, unmet = await refused(sitting.mark_exam())
    assert (code, reason, unmet) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "ATTEMPTS_RUNNING",
        ["ATTEMPTS_RUNNING"],
    )
    await sitting.save(attempt, chosen(1, 1, "a"))
    clock.set(START + timedelta(hours=3))
    await sitting.mark_exam()
    listed = await sitting.results.ListResults(result_service_pb2.ListResultsRequest(parent=BODY, exam=EXAM))
    assert [r.theory_score for r in listed.results] == ["25"]


async def test_results_pass_with_sixty_in_both_parts_and_are_published_as_facts(sitting):
    results = await sitting.sat({1: (3, "60"), 2: (3, "59.9"), 3: (2, "100")})
    answer = await sitting.publish()
    assert (answer.published, answer.passed) == (3, 1)
    facts = [events_pb2.ResultPublished.FromString(payload) for _, payload in await sitting.facts()]
    assert {f.result: f.passed for f in facts} == {results[1]: True, results[2]: False, results[3]: False}
    fact = next(f for f in facts if f.passed)
    assert (fact.theory_score, fact.ability_score, fact.body, fact.exam) == ("75", "60", BODY, EXAM)
    assert (fact.listing, fact.listing_batch) == (f"{BODY}/listings/l1", "第三批")
    assert fact.person.startswith("p-") and fact.holder_name
    assert fact.qualification == BIG_DATA
    assert fact.examined_on == day(date(2026, 3, 12))


async def test_candidates_see_their_result_once_it_is_public(sitting):
    results = await sitting.sat({1: (4, "80"), 2: (4, "80")})
    stub = sitting.as_candidate(result_service_pb2_grpc.ResultServiceStub, "candidates/c1")
    own = result_service_pb2.GetResultRequest(name=results[1], candidate="candidates/c1")
    code, _, _ = await refused(stub.GetResult(own))
    assert code == grpc.StatusCode.NOT_FOUND
    await sitting.publish()
    seen = await stub.GetResult(own)
    assert (seen.theory_score, seen.passed) == ("100", True)
    assert seen.publicity_ends_on == day(date(2026, 3, 19))
    foreign = result_service_pb2.GetResultRequest(name=results[2], candidate="candidates/c1")
    code, _, _ = await refused(stub.GetResult(foreign))
    assert code == grpc.StatusCode.NOT_FOUND


async def test_results_are_not_confirmed_while_a_score_is_missing(sitting):
    ((attempt, _),) = (await sitting.begin((1,))).items()
    await sitting.start(attempt)
    await sitting.submit(attempt)
    await sitting.mark_exam()
    request = result_service_pb2.ConfirmResultsRequest(exam=EXAM)
    code, reason, _ = await refused(sitting.results.ConfirmResults(request))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "SCORE_MISSING")


async def annul(sitting: Sitting, result: str, tier: int, part: int = 0) -> result_pb2.Result:
    request = result_service_pb2.AnnulResultRequest(name=result, tier=tier, part=part, reason="雷同")
    return await sitting.results.AnnulResult(request)


async def test_tier_a_voids_one_part_and_leaves_no_record(sitting):
    results = await sitting.sat({1: (4, "80")})
    await sitting.publish()
    code, reason, _ = await refused(annul(sitting, results[1], events_pb2.MISCONDUCT_TIER_A))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PART_REQUIRED")
    annulled = await annul(sitting, results[1], events_pb2.MISCONDUCT_TIER_A, result_pb2.EXAM_PART_THEORY)
    assert (annulled.theory_score, annulled.ability_score, annulled.passed) == ("", "80", False)
    subject, payload = (await sitting.facts())[-1]
    fact = events_pb2.ResultAnnulled.FromString(payload)
    assert subject == "assessment.v1.result.annulled"
    assert (fact.result, fact.tier) == (results[1], events_pb2.MISCONDUCT_TIER_A)
    stub = sitting.opened.stub(candidate_service_pb2_grpc.CandidateServiceStub, "supervisor")
    records = await stub.ListIntegrityRecords(
        candidate_service_pb2.ListIntegrityRecordsRequest(parent="candidates/c1")
    )
    assert not records.integrity_records


@pytest.mark.parametrize(
    ("tier", "last"),
    [(events_pb2.MISCONDUCT_TIER_B, date(2031, 3, 11)), (events_pb2.MISCONDUCT_TIER_C, None)],
)
async def test_tiers_b_and_c_void_the_sitting_and_bar_the_person(sitting, tier, last):
    results = await sitting.sat({1: (4, "80")})
    annulled = await annul(sitting, results[1], tier)
    assert (annulled.theory_score, annulled.ability_score) == ("", "")
    stub = sitting.opened.stub(candidate_service_pb2_grpc.CandidateServiceStub, "supervisor")
    (record,) = (
        await stub.ListIntegrityRecords(
            candidate_service_pb2.ListIntegrityRecordsRequest(parent="candidates/c1")
        )
    ).integrity_records
    assert record.starts_on == day(date(2026, 3, 12))
    assert (record.ends_on == day(last)) if last else not record.HasField("ends_on")
    await sitting.schedule(exam_id="e2", shift=timedelta(days=30))
    await sitting.exams.OpenExam(exam_service_pb2.OpenExamRequest(name=f"{BODY}/exams/e2"))
    _, reason, unmet = await refused(sitting.register("candidates/c1", f"{BODY}/exams/e2"))
    assert (reason, unmet) == ("INTEGRITY_RECORD_IN_FORCE", ["INTEGRITY_RECORD_IN_FORCE"])


async def test_evidence_withdrawn_before_it_arrives_never_stands(sitting):
    name = await sitting.candidate(1, trained=False)
    person = await sitting.person(name)
    stub = sitting.as_candidate(evidence_service_pb2_grpc.EvidenceServiceStub, name)
    await sitting.deliver(
        training.CompletionWithdrawn(completion=f"{INSTITUTION}/completions/c1", person=person),
        subject="training.v1.completion.withdrawn",
    )
    await sitting.deliver(sitting.completion(person, 1))
    _, reason, unmet = await refused(sitting.register(name))
    assert (reason, unmet) == ("NOT_ELIGIBLE", ["LEARNING_PROOF_MISSING"])
    (known,) = (await stub.ListEvidence(evidence_service_pb2.ListEvidenceRequest(parent=name))).evidence
    assert known.state == evidence_pb2.EVIDENCE_STATE_WITHDRAWN


def certificate(number: str, person: str, issued_on: date) -> certificates.CertificateIssued:
    return certificates.CertificateIssued(
        certificate=f"certificates/{number}",
        kind=certificates.CERTIFICATE_KIND_GRADE,
        person=person,
        qualification=BIG_DATA,
        source="bodies/b2/results/r1",
        issued_on=day(issued_on),
    )


async def grade_evidence(sitting: Sitting, name: str) -> list[evidence_pb2.Evidence]:
    stub = sitting.as_candidate(evidence_service_pb2_grpc.EvidenceServiceStub, name)
    known = (await stub.ListEvidence(evidence_service_pb2.ListEvidenceRequest(parent=name))).evidence
    return [e for e in known if e.kind == evidence_pb2.EVIDENCE_KIND_GRADE_CERTIFICATE]


async def test_a_corrected_certificate_counts_from_the_day_of_the_first(sitting):
    name = await sitting.candidate(1)
    person = await sitting.person(name)
    first, corrected = (
        certificate("n1", person, date(2025, 2, 2)),
        certificate("n2", person, date(2026, 2, 2)),
    )
    await sitting.deliver(first, corrected, subject="certificates.v1.certificate.issued")
    (known,) = await grade_evidence(sitting, name)
    assert known.held_on == day(date(2025, 2, 2))


async def test_grade_certificates_are_evidence_until_they_are_revoked(sitting):
    name = await sitting.candidate(1)
    person = await sitting.person(name)
    issued = certificate("n1", person, date(2026, 2, 2))
    await sitting.deliver(issued, issued, subject="certificates.v1.certificate.issued")
    (known,) = await grade_evidence(sitting, name)
    assert known.state == evidence_pb2.EVIDENCE_STATE_STANDING
    revoked = certificates.CertificateRevoked(
        certificate="certificates/n1",
        kind=certificates.CERTIFICATE_KIND_GRADE,
        person=person,
        source=issued.source,
    )
    await sitting.deliver(revoked, subject="certificates.v1.certificate.revoked")
    await sitting.deliver(issued, subject="certificates.v1.certificate.issued")
    (known,) = await grade_evidence(sitting, name)
    assert known.state == evidence_pb2.EVIDENCE_STATE_WITHDRAWN


async def test_eligibility_explains_every_route_to_the_candidate(sitting):
    name = await sitting.candidate(1)
    stub = sitting.as_candidate(evidence_service_pb2_grpc.EvidenceServiceStub, name)
    answer = await stub.CheckEligibility(
        evidence_service_pb2.CheckEligibilityRequest(candidate=name, qualification=BIG_DATA)
    )
    assert answer.eligible and answer.mark == "UNCONFIRMED"
    assert {r.key for r in answer.routes if r.met} == {"junior-title"}
    assert all(r.unmet for r in answer.routes if not r.met)
