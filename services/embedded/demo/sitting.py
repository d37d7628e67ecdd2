"""The exam days: check in, theory part answered and handed in, ability part marked by examiners."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any

from services.embedded.demo import files
from services.embedded.demo.exams import name_of
from services.embedded.demo.expectation import expect, refused, until
from services.embedded.demo.journey import Journey

AT_ONCE = 16
SUBMITTED = 3
SETTLED, THIRD = 3, 2


def plans() -> dict[str, dict[str, str]]:
    """Return what each candidate does, by name."""
    return {row["姓名"]: row for row in files.table("sitting.csv")}


async def together(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """Do things at once, a few at a time, as a full exam room does."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(each: Awaitable[Any]) -> Any:
        async with room:
            return await each

    return await asyncio.gather(*(one(each) for each in work))


async def exam_day(j: Journey, each: dict[str, Any]) -> None:
    """One exam from the closing of its registration to the last mark."""
    exam, staff, plan = name_of(each), j.body(each["body"]), plans()
    j.clock.move_to(each["day"], "08:40")
    await staff("ExamService/CloseExam", name=exam)
    await staff("PaperService/ReleasePaper", name=j.papers[each["body"]])
    await staff("ExamService/BeginExam", name=exam)
    seats = j.seats[exam]
    attempts = await _check_in(j, each, [s for s in seats if plan[s.candidate_display_name]["到场"] == "是"])
    await _theory(j, each, attempts)
    j.clock.move_to(each["day"], "11:05")
    await staff("MarkService/MarkExam", name=exam)
    j.clock.move_to(each["day"], "14:00")
    await _ability(j, each, list(attempts.values()))
    absent = len(seats) - len(attempts)
    j.add("absent", absent)
    j.teller.say(f"缺考 {absent} 人", f"{absent} absent")


async def _check_in(j: Journey, each: dict[str, Any], present: list[Any]) -> dict[str, Any]:
    """Return registrations by attempt."""
    found = {}
    proctors = j.staff[each["body"]]["proctors"]
    with j.teller.progress("签到", "checked in", len(present)) as step:
        for number, seat in enumerate(present):
            proctor = proctors[number % len(proctors)]
            attempt = await j.examiner(proctor)(
                "AttemptService/CheckIn", registration=seat.name, proctor=proctor
            )
            found[attempt.name] = seat
            step(1)
    early = next(iter(found))
    await refused(
        j.candidate(found[early].candidate)("AttemptService/StartAttempt", name=early), "OUTSIDE_EXAM_WINDOW"
    )
    return found


async def _theory(j: Journey, each: dict[str, Any], attempts: dict[str, Any]) -> None:
    plan, keys = plans(), j.keys[j.papers[each["body"]]]
    j.clock.move_to(each["day"], "09:00")
    with j.teller.progress("理论作答", "theory papers", len(attempts)) as step:

        async def sit(name: str, seat: Any) -> None:
            await _sit(j, name, seat, plan[seat.candidate_display_name], keys)
            step(1)

        await together(sit(name, seat) for name, seat in attempts.items())
    j.clock.move_to(each["day"], "10:31")
    await _time_is_up(j, attempts)


async def _sit(j: Journey, name: str, seat: Any, plan: dict[str, str], keys: dict[int, Any]) -> None:
    """Answer a paper: a first version of every answer, then the final one, out of order once."""
    me = j.candidate(seat.candidate)
    await me("AttemptService/StartAttempt", name=name)
    sheet = await me("AttemptService/GetAttemptSheet", name=name)
    count = len(sheet.questions)
    right = round(count * float(plan["答对比例"]))
    final = [
        {"position": q.position, "sequence": 2, "answer": answer(q, keys[q.position], q.position <= right)}
        for q in sheet.questions
    ]
    draft = [{"position": q.position, "sequence": 1} for q in sheet.questions[:5]]
    await me("AttemptService/SaveAnswers", name=name, answers=draft)
    for start in range(0, count, 10):
        await me("AttemptService/SaveAnswers", name=name, answers=final[start : start + 10])
    late = await me("AttemptService/SaveAnswers", name=name, answers=draft)
    expect("older answers that took the place of newer ones", late.saved, 0)
    if plan["交卷"] == "断线":
        await _resume(j, name, seat, count)
    if plan["交卷"] != "未交卷":
        await me("AttemptService/SubmitAttempt", name=name)


async def _resume(j: Journey, name: str, seat: Any, count: int) -> None:
    """The connection drops: a new login finds every answer and the clock still running."""
    again = j.candidate(seat.candidate)
    sheet = await again("AttemptService/GetAttemptSheet", name=name)
    expect("answers after a dropped connection", len(sheet.answers), count)
    left = timedelta(seconds=sheet.attempt.remaining.seconds)
    j.teller.say(
        f"{seat.candidate_display_name} 断线重连：{count} 个答案都在，剩余 {left}",
        f"{seat.candidate_display_name} reconnects: all {count} answers are there, {left} left",
    )


def answer(question: Any, content: Any, right: bool) -> dict[str, Any]:
    """Return the right answer to a question, or a wrong one."""
    if question.choices:
        correct = [choice.key for choice in content.choices if choice.correct]
        wrong = [choice.key for choice in content.choices if not choice.correct][:1]
        return {"chosen": {"keys": correct if right else wrong}}
    if content.HasField("number"):
        return {"number": content.number.value if right else "-987"}
    if content.accepted:
        return {"text": content.accepted[0] if right else "？"}
    return {"statement_true": content.statement_true == right}


async def _time_is_up(j: Journey, attempts: dict[str, Any]) -> None:
    """Who did not hand in is submitted by the clock of the service, and can save nothing more."""
    for name, seat in attempts.items():
        me = j.candidate(seat.candidate)
        found = await until(
            lambda me=me, name=name: me("AttemptService/GetAttempt", name=name),  # type: ignore[misc]
            lambda attempt: attempt.state == SUBMITTED,
            f"{name} submitted",
        )
        if found.submitted_by_clock:
            save: dict[str, Any] = {
                "name": name,
                "answers": [{"position": 1, "sequence": 9, "answer": {"text": "x"}}],
            }
            error = await refused(me("AttemptService/SaveAnswers", **save), "ATTEMPT_CLOSED")
            j.teller.say(
                f"{seat.candidate_display_name} 未交卷，到时由系统收卷；此后作答被拒（{error.reason}）",
                f"{seat.candidate_display_name} was submitted by the clock; later answers are refused ({error.reason})",
            )


async def _ability(j: Journey, each: dict[str, Any], seats: list[Any]) -> None:
    """Two examiners mark each candidate without seeing each other; a third where they differ too much."""
    plan, examiners = plans(), j.staff[each["body"]]["examiners"]
    thirds = 0
    with j.teller.progress("能力考核评分", "ability marks", len(seats)) as step:
        for seat in seats:
            thirds += await _mark(j, seat, plan[seat.candidate_display_name], examiners)
            step(1)
    j.add("third_marks", thirds)
    j.teller.say(f"两位评分相差过大，由第三位评定：{thirds} 人", f"{thirds} needed a third examiner")


async def _mark(j: Journey, seat: Any, plan: dict[str, str], examiners: list[str]) -> int:
    first, second, third = examiners
    await _give(j, first, seat, plan["考评员一"])
    blind = await j.examiner(second)("MarkService/GetMarking", registration=seat.name, examiner=second)
    expect("marks that a second examiner sees before marking", [m.score for m in blind.marks if m.score], [])
    await _give(j, second, seat, plan["考评员二"])
    marking = await j.examiner(third)("MarkService/GetMarking", registration=seat.name, examiner=third)
    if marking.state == SETTLED:
        return 0
    expect("state of the marking", marking.state, THIRD)
    await _give(j, third, seat, plan["考评员三"])
    return 1


async def _give(j: Journey, examiner: str, seat: Any, score: str) -> None:
    await j.examiner(examiner)(
        "MarkService/CreateMark", parent=examiner, mark={"registration": seat.name, "score": score}
    )
