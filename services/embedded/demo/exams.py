"""Exams are scheduled, candidates registered: who is not eligible learns every reason, seats never run over."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from services.embedded.demo import files
from services.embedded.demo.expectation import Unexpected, refused
from services.embedded.demo.files import day
from services.embedded.demo.journey import Journey

TITLES = {"technician": "TITLE_RANK_TECHNICIAN"}


def name_of(each: dict[str, Any]) -> str:
    """Return the resource name of an exam of the scenario."""
    return f"bodies/{each['body']}/exams/{each['id']}"


def window(on: date, times: dict[str, Any]) -> dict[str, datetime]:
    """Return start and end of a part on the exam day."""
    moments = (
        datetime.fromisoformat(f"{on}T{times[key]}:00+08:00").astimezone(UTC) for key in ("start", "end")
    )
    return dict(zip(("start_time", "end_time"), moments, strict=True))


async def schedule(j: Journey) -> None:
    """Schedule and open the exams; a schedule that breaks rules is refused with all of them."""
    for number, each in enumerate(j.scenario["exam"]):
        staff, exam = j.body(each["body"]), _exam(j, each)
        if number == 0:
            wrong = exam | {
                "proctors": exam["proctors"][:1],
                "examiners": exam["examiners"][:2],
                "capacity": 999,
            }
            error = await refused(_schedule(staff, each, wrong), "EXAM_RULES_UNMET")
            j.teller.say(
                "考试安排须合规，一次列出全部问题：",
                "A schedule must meet the rules; all that are unmet at once:",
            )
            for rule in error.unmet:
                j.teller.reason(rule.reason, rule.message)
        await _schedule(staff, each, exam)
        await staff("ExamService/OpenExam", name=name_of(each))
        j.teller.say(
            f"{each['display_name']}：{each['day']}，{each['capacity']} 个座位，开放报名",
            f"{name_of(each)}: {each['day']}, {each['capacity']} seats, registration open",
        )
        j.add("exams", 1)


def _schedule(staff: Any, each: dict[str, Any], exam: dict[str, Any]) -> Any:
    return staff("ExamService/ScheduleExam", parent=f"bodies/{each['body']}", exam_id=each["id"], exam=exam)


def _exam(j: Journey, each: dict[str, Any]) -> dict[str, Any]:
    s = j.scenario
    return {
        "display_name": each["display_name"], "site": f"bodies/{each['body']}/sites/main",
        "qualification": j.qualification, "paper": j.papers[each["body"]], "capacity": each["capacity"],
        "theory_window": window(each["day"], s["theory"]), "theory_minutes": s["theory"]["minutes"],
        "ability_window": window(each["day"], s["ability"]), "ability_task": s["ability"]["task"],
        **j.staff[each["body"]],
    }  # fmt: skip


async def declare(j: Journey) -> None:
    """Candidates declare education, titles and work; institutions enter them from their list."""
    rows = files.table("candidates.csv")
    with j.teller.progress("考生建档", "candidates", len(rows)) as step:
        for row in rows:
            completion = j.completions.get(row["姓名"])
            owner = completion.name.split("/")[1] if completion else "quancheng"
            made = await j.institution(owner)("CandidateService/CreateCandidate", candidate=_declaration(row))
            j.candidates[row["姓名"]] = made
            step(1)
    j.summary["candidates"] = len(rows)


def _declaration(row: dict[str, str]) -> dict[str, Any]:
    education = {
        "degree": f"DEGREE_{row['学历'].upper().replace('-', '_')}", "school": row["学校"], "major": row["专业"],
        "related": row["相关专业"] == "是", "graduated_on": day(row["毕业日期"]),
    }  # fmt: skip
    found: dict[str, Any] = {
        "display_name": row["姓名"], "national_id": row["身份证号"], "educations": [education],
    }  # fmt: skip
    if row["职称"]:
        rank, since = TITLES[row["职称"]], day(row["职称取得日期"])
        found["titles"] = [{"rank": rank, "display_name": "技术员", "obtained_on": since}]
    if row["从业起始日期"]:
        found["occupation_starts"] = [{"occupation": "big-data", "started_on": day(row["从业起始日期"])}]
    return found


async def register(j: Journey) -> None:
    """Institutions apply for their learners; one candidate applies alone; refusals give every reason."""
    refusals: Counter[str] = Counter()
    for each in j.scenario["exam"]:
        applied = [c.name for name, c in j.candidates.items() if _trained_by(j, name, each["institution"])]
        answer = await j.institution(each["institution"])(
            "RegistrationService/BatchCreateRegistrations",
            parent=name_of(each), institution=f"institutions/{each['institution']}", candidates=applied,
        )  # fmt: skip
        _report(j, each, answer)
        refusals += Counter(refusal.reason for refusal in answer.refusals)
        j.seats[name_of(each)] = list(answer.registrations)
        if len(answer.registrations) > each["capacity"]:
            raise Unexpected(f"{len(answer.registrations)} seats of {each['capacity']} were given")
    refusals += await _single(j)
    j.summary["registrations"] = sum(len(seats) for seats in j.seats.values())
    j.summary["registrations_refused"] = dict(refusals)


def _trained_by(j: Journey, holder: str, institution: str) -> bool:
    completion = j.completions.get(holder)
    return completion is not None and completion.name.startswith(f"institutions/{institution}/")


def _report(j: Journey, each: dict[str, Any], answer: Any) -> None:
    names = {candidate.name: name for name, candidate in j.candidates.items()}
    seats = answer.registrations
    j.teller.say(
        f"{each['display_name']}：{len(seats)} 人获得座位与准考证（如 {seats[0].ticket_number}），"
        f"{len(answer.refusals)} 人未通过",
        f"{name_of(each)}: {len(seats)} seats with tickets (such as {seats[0].ticket_number}), "
        f"{len(answer.refusals)} refused",
    )
    for refusal in answer.refusals:
        j.teller.reason(refusal.reason, refusal.message, f"{names[refusal.candidate]}: ")
        for detail in refusal.details:
            j.teller.reason(detail.reason, detail.message, "    ")


async def _single(j: Journey) -> Counter[str]:
    """Somebody never trained applies alone, and one whom the examining body itself has trained."""
    first, second = (name_of(each) for each in j.scenario["exam"])
    outsider = next(c for name, c in j.candidates.items() if name not in j.completions)
    trained = next(c for name, c in j.candidates.items() if _trained_by(j, name, "quancheng"))
    found: Counter[str] = Counter()
    for exam, candidate, reason in (
        (first, outsider, "NOT_ELIGIBLE"),
        (second, trained, "BODY_TRAINED_CANDIDATE"),
    ):
        caller = j.candidate(candidate.name)
        error = await refused(
            caller(
                "RegistrationService/CreateRegistration",
                parent=exam,
                registration={"candidate": candidate.name},
            ),
            reason,
        )
        found[error.reason] += 1
        j.teller.say(
            f"{candidate.display_name} 自行报考被拒 [{error.reason}]：",
            f"{candidate.display_name} is refused [{error.reason}]:",
        )
        for rule in error.unmet:
            j.teller.reason(rule.reason, rule.message)
    return found
