"""Attempts over real gRPC: nothing acknowledged is lost, the last sequence wins, the clock submits."""

import asyncio
import random
from datetime import timedelta

import grpc
import pytest
from shuzheng.assessment.v1 import (
    attempt_pb2,
    attempt_service_pb2,
    attempt_service_pb2_grpc,
    item_pb2,
)

from tests.support.acts import acts_of
from tests.support.sitting import BODY, EXAM, MINUTES, START, Sitting, chosen, refused

CLOSED = (grpc.StatusCode.FAILED_PRECONDITION, "ATTEMPT_CLOSED", [])


@pytest.fixture
async def sitting(open_service, clock) -> Sitting:
    opened = Sitting(await open_service("assessment"), clock)
    await opened.open_exam()
    return opened


async def started(sitting: Sitting, *numbers: int) -> list[str]:
    attempts = list(await sitting.begin(numbers or (1,)))
    for attempt in attempts:
        await sitting.start(attempt)
    return attempts


def keys(sheet: attempt_service_pb2.GetAttemptSheetResponse) -> dict[int, str]:
    return {saved.position: "".join(saved.answer.chosen.keys) for saved in sheet.answers}


async def test_the_sheet_shows_questions_without_keys_answers_and_the_remaining_time(sitting, clock):
    (attempt,) = await started(sitting)
    await sitting.save(attempt, chosen(1, 1, "a"), chosen(3, 1, "b"))
    clock.advance(minutes=30)
    sheet = await sitting.sheet(attempt)
    assert [q.position for q in sheet.questions] == [1, 2, 3, 4]
    assert [(c.key, c.text) for c in sheet.questions[0].choices] == [("a", "对"), ("b", "错")]
    assert "correct" not in str(sheet)
    assert keys(sheet) == {1: "a", 3: "b"}
    assert sheet.attempt.remaining.seconds == (MINUTES - 30) * 60


async def test_starting_twice_does_not_turn_the_clock_back(sitting, clock):
    (attempt,) = await started(sitting)
    first = (await sitting.sheet(attempt)).attempt.deadline_time
    clock.advance(minutes=5)
    assert (await sitting.start(attempt)).deadline_time == first


async def test_the_highest_sequence_wins_in_any_order_of_arrival(sitting):
    (attempt,) = await started(sitting)
    assert await sitting.save(attempt, chosen(1, 5, "b")) == 1
    assert await sitting.save(attempt, chosen(1, 3, "a")) == 0
    assert await sitting.save(attempt, chosen(1, 5, "b")) == 0
    assert keys(await sitting.sheet(attempt)) == {1: "b"}
    assert await sitting.save(attempt, chosen(1, 6, "a")) == 1
    assert keys(await sitting.sheet(attempt)) == {1: "a"}


async def test_every_kind_of_answer_comes_back_as_it_was_saved(sitting):
    (attempt,) = await started(sitting)
    answers = [
        item_pb2.Answer(chosen=item_pb2.ChosenKeys(keys=["b", "a"])),
        item_pb2.Answer(statement_true=False),
        item_pb2.Answer(number="3.14"),
        item_pb2.Answer(text="数据湖"),
    ]
    await sitting.save(
        attempt,
        *(attempt_pb2.SavedAnswer(position=n, sequence=1, answer=a) for n, a in enumerate(answers, 1)),
    )
    answers[0].chosen.keys.sort()
    assert [saved.answer for saved in (await sitting.sheet(attempt)).answers] == answers


async def test_parallel_saves_end_with_the_highest_sequence_of_each_question(sitting):
    (attempt,) = await started(sitting)
    sends = [
        chosen(position, sequence, "a" if sequence % 2 else "b")
        for position in (1, 2, 3, 4)
        for sequence in range(1, 26)
    ]
    random.Random(7).shuffle(sends)
    await asyncio.gather(*(sitting.save(attempt, answer) for answer in sends))
    sheet = await sitting.sheet(attempt)
    assert {saved.position: saved.sequence for saved in sheet.answers} == dict.fromkeys((1, 2, 3, 4), 25)
    assert keys(sheet) == dict.fromkeys((1, 2, 3, 4), "a")


async def test_nothing_acknowledged_is_lost_when_the_candidate_submits_meanwhile(sitting):
    (attempt,) = await started(sitting)
    acknowledged: dict[int, int] = {}

    async def keep_saving(position: int) -> None:
        for sequence in range(1, 200):
            try:
                await sitting.save(attempt, chosen(position, sequence, "a"))
            except grpc.aio.AioRpcError:
                return
            acknowledged[position] = sequence

    async def hand_in() -> None:
        await asyncio.sleep(0.05)
        await sitting.submit(attempt)

    await asyncio.gather(*map(keep_saving, (1, 2, 3, 4)), hand_in())
    saved = {a.position: a.sequence for a in (await sitting.sheet(attempt)).answers}
    assert acknowledged
    assert saved == acknowledged


async def test_no_answer_is_taken_after_submission(sitting):
    (attempt,) = await started(sitting)
    await sitting.save(attempt, chosen(1, 1, "a"))
    done = await sitting.submit(attempt)
    assert done.state == attempt_pb2.ATTEMPT_STATE_SUBMITTED and not done.submitted_by_clock
    assert await refused(sitting.save(attempt, chosen(1, 2, "b"))) == CLOSED
    sheet = await sitting.sheet(attempt)
    assert keys(sheet) == {1: "a"}
    assert not sheet.questions


async def test_the_deadline_submits_at_once_on_access(sitting, clock):
    (attempt,) = await started(sitting)
    await sitting.save(attempt, chosen(1, 1, "a"))
    clock.set(START + timedelta(minutes=MINUTES))
    assert await refused(sitting.save(attempt, chosen(2, 1, "a"))) == CLOSED
    sheet = await sitting.sheet(attempt)
    assert sheet.attempt.state == attempt_pb2.ATTEMPT_STATE_SUBMITTED
    assert sheet.attempt.submitted_by_clock
    assert sheet.attempt.submit_time == sheet.attempt.deadline_time
    assert keys(sheet) == {1: "a"}


async def test_an_answer_one_moment_before_the_deadline_counts(sitting, clock):
    (attempt,) = await started(sitting)
    clock.set(START + timedelta(minutes=MINUTES) - timedelta(microseconds=1))
    assert await sitting.save(attempt, chosen(1, 1, "a")) == 1


async def test_the_sweeper_submits_what_nobody_asks_for(sitting, clock):
    attempts = await started(sitting, 1, 2, 3)
    clock.set(START + timedelta(minutes=MINUTES))
    request = attempt_service_pb2.ListAttemptsRequest(exam=EXAM)
    async with asyncio.timeout(10):
        while True:
            listed = (await sitting.attempts.ListAttempts(request)).attempts
            if all(a.state == attempt_pb2.ATTEMPT_STATE_SUBMITTED for a in listed):
                break
            await asyncio.sleep(0.1)
    assert {a.name for a in listed} == set(attempts)
    assert all(a.submitted_by_clock for a in listed)
    *_, act = await acts_of(sitting.service.store, attempts[0])
    assert (act.subject, act.moves[0][1:]) == ("service:assessment", ["STARTED", "SUBMITTED"])


async def test_a_question_that_is_not_on_the_paper_takes_no_answer_with_it(sitting):
    (attempt,) = await started(sitting)
    code, reason, _ = await refused(sitting.save(attempt, chosen(1, 1, "a"), chosen(5, 1, "a")))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_QUESTION")
    assert keys(await sitting.sheet(attempt)) == {}


async def test_answers_need_a_started_attempt(sitting):
    (attempt,) = await sitting.begin((1,))
    code, reason, _ = await refused(sitting.save(attempt, chosen(1, 1, "a")))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ATTEMPT_NOT_STARTED")
    code, _, _ = await refused(sitting.save("candidates/c1/attempts/none", chosen(1, 1, "a")))
    assert code == grpc.StatusCode.NOT_FOUND


async def test_nobody_sits_for_another(sitting):
    mine, other = await started(sitting, 1, 2)
    stub = sitting.sits(other)
    request = attempt_service_pb2.SaveAnswersRequest(name=mine, answers=[chosen(1, 1, "a")])
    code, _, _ = await refused(stub.SaveAnswers(request))
    assert code == grpc.StatusCode.PERMISSION_DENIED


async def test_only_proctors_of_the_exam_check_in(sitting):
    seat = await sitting.register(await sitting.candidate(1))
    await sitting.begin(())
    for who, expected in ((sitting.examiners[0], "NOT_PROCTOR"), (f"{BODY}/examiners/none", "NOT_PROCTOR")):
        stub = sitting.opened.stub(attempt_service_pb2_grpc.AttemptServiceStub, "examiner", who)
        request = attempt_service_pb2.CheckInRequest(registration=seat.name, proctor=who)
        code, reason, _ = await refused(stub.CheckIn(request))
        assert (code, reason) == (grpc.StatusCode.PERMISSION_DENIED, expected)
    stub = sitting.opened.stub(attempt_service_pb2_grpc.AttemptServiceStub, "examiner", sitting.proctors[0])
    request = attempt_service_pb2.CheckInRequest(registration=seat.name, proctor=sitting.proctors[0])
    assert (await stub.CheckIn(request)).state == attempt_pb2.ATTEMPT_STATE_CHECKED_IN


async def test_the_clock_starts_inside_the_window_only(sitting, clock):
    (attempt,) = await sitting.begin((1,))
    clock.set(START - timedelta(seconds=1))
    code, reason, _ = await refused(sitting.start(attempt))
    assert (code, reason) == (grpc.StatusCode.FAILED_PRECONDITION, "OUTSIDE_EXAM_WINDOW")
