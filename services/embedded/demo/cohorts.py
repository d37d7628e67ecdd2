"""Cohorts: filing, rosters with their rejects, hours, completion exam, completions."""

from collections import Counter
from datetime import date
from typing import Any

from services.client import notices, uploads
from services.embedded.demo import files
from services.embedded.demo.expectation import expect, refused
from services.embedded.demo.files import day
from services.embedded.demo.journey import Journey
from services.vocabulary.person_name import name_key

MODES = {"线上": "TEACHING_MODE_ONLINE", "线下": "TEACHING_MODE_OFFLINE"}
BATCH = 500
ROSTERS_ON = "2026-03-06"


def name_of(each: dict[str, Any]) -> str:
    """Return the resource name of a cohort of the scenario."""
    return f"institutions/{each['institution']}/cohorts/{each['id']}"


async def file_cohorts(j: Journey) -> None:
    """Cohorts are planned, filed and opened; who is not listed is refused, and nobody reads another's."""
    for each in j.scenario["cohort"]:
        staff = j.institution(each["institution"])
        await _plan(j, staff, each["institution"], each["id"], each)
        cohort = await staff("CohortService/FileCohort", name=name_of(each))
        await staff("CohortService/OpenEnrollment", name=name_of(each))
        j.teller.say(
            f"{each['display_name']}：已备案，开始报名 {'；'.join(cohort.warnings)}",
            f"{cohort.name}: filed, enrolling {'; '.join(cohort.warnings)}",
        )
        j.add("cohorts", 1)
    await _refusals(j)


async def _plan(j: Journey, staff: Any, institution: str, identifier: str, about: dict[str, Any]) -> None:
    await staff(
        "CohortService/CreateCohort",
        parent=f"institutions/{institution}",
        cohort_id=identifier,
        cohort={
            "display_name": about["display_name"], "qualification": j.qualification, "capacity": about["capacity"],
            "start_date": day(about["start_date"]), "end_date": day(about["end_date"]),
        },
    )  # fmt: skip


async def _refusals(j: Journey) -> None:
    unlisted = next(i["id"] for i in j.scenario["institution"] if i["ends"] == "recommended")
    staff = j.institution(unlisted)
    await _plan(j, staff, unlisted, "early", j.scenario["cohort"][0])
    name = f"institutions/{unlisted}/cohorts/early"
    error = await refused(staff("CohortService/FileCohort", name=name), "NOT_LISTED")
    j.teller.say(f"未入目录的机构不能备案：{error.message}", f"Not listed, not filed: {error.message}")
    foreign = name_of(j.scenario["cohort"][0])
    error = await refused(staff("CohortService/GetCohort", name=foreign), "OTHER_TENANT")
    j.teller.say(f"机构之间互不可见：{error.message}", f"Tenants see nothing of each other: {error.message}")


async def import_rosters(j: Journey) -> None:
    """Rosters come in as institutions send them: a dry run, the import, and the same file once more."""
    j.summary["learners_rejected"] = {"rows": 0, "reasons": {}}
    j.clock.move_to(date.fromisoformat(ROSTERS_ON), "15:00")
    for each in j.scenario["cohort"]:
        preview, _ = await _import(j, each, dry_run=True)
        summary, answers = await _import(j, each, dry_run=False)
        again, _ = await _import(j, each, dry_run=False)
        expect("rows of the dry run", preview.rejected, summary.rejected)
        expect("learners of a second import", again.enrollments_created, 0)
        _report_roster(j, each, summary, answers)


async def _import(j: Journey, each: dict[str, Any], *, dry_run: bool) -> tuple[Any, list[Any]]:
    about = {"filename": each["roster"], "dry_run": dry_run}
    sent = uploads.parts(files.content(each["roster"]), first=about, every={"parent": name_of(each)})
    answers = await j.institution(each["institution"]).stream("RosterService/ImportRoster", sent)
    return answers[-1].summary, answers


def _report_roster(j: Journey, each: dict[str, Any], summary: Any, answers: list[Any]) -> None:
    rejects = [reject for answer in answers for reject in answer.rejects]
    file = j.folder / f"rejects-{each['institution']}.csv"
    file.write_bytes(b"".join(answer.rejects_file for answer in answers))
    j.teller.say(
        f"{each['roster']}（{summary.format}）：{summary.rows} 行，导入 {summary.enrollments_created} 人，"
        f"退回 {summary.rejected} 行 → {file.name}；同一文件再导入不变",
        f"{each['roster']} ({summary.format}): {summary.rows} rows, {summary.enrollments_created} learners, "
        f"{summary.rejected} rejected → {file.name}; the same file again changes nothing",
    )
    for reject in rejects:
        j.teller.reason(
            reject.reason, reject.message, f"{notices.row(reject.row, j.teller.lang)} {reject.field}: "
        )
    for notice in answers[-1].notices:
        j.teller.notice(notice)
    j.add("learners_imported", summary.enrollments_created)
    told = j.summary["learners_rejected"]
    told["rows"] += summary.rejected
    told["reasons"] = dict(Counter(told["reasons"]) + Counter(reject.reason for reject in rejects))


async def teach(j: Journey) -> None:
    """Teaching starts, hours are recorded from the platforms' lists, one slip of the pen is corrected."""
    for each in j.scenario["cohort"]:
        if j.clock.today() < each["start_date"]:
            j.clock.move_to(each["start_date"], "08:30")
        await j.institution(each["institution"])("CohortService/StartTeaching", name=name_of(each))
    j.clock.move_to(j.scenario["cohort"][0]["exam_on"], "08:30")
    for each in j.scenario["cohort"]:
        await _record_hours(j, each)


async def _enrollments(j: Journey, each: dict[str, Any]) -> dict[str, str]:
    staff = j.institution(each["institution"])
    found = await staff.every("EnrollmentService/ListEnrollments", "enrollments", parent=name_of(each))
    return {name_key(row.learner_display_name): row.name for row in found}


async def _record_hours(j: Journey, each: dict[str, Any]) -> None:
    staff, known = j.institution(each["institution"]), await _enrollments(j, each)
    rows = files.table(each["hours"])
    entries = [
        {
            "enrollment": known[row["姓名"]], "item": row["培训内容"], "mode": MODES[row["方式"]],
            "hours": row["学时"], "taught_on": day(row["日期"]),
        }
        for row in rows
    ]  # fmt: skip
    with j.teller.progress(
        f"{each['hours']} 学时记录", f"{each['hours']} entries of hours", len(entries)
    ) as step:
        made = []
        for start in range(0, len(entries), BATCH):
            some = entries[start : start + BATCH]
            answer = await staff("HourEntryService/RecordHours", parent=name_of(each), entries=some)
            made += answer.entries
            step(len(some))
    await _correct(j, staff, made[0])


async def _correct(j: Journey, staff: Any, entry: Any) -> None:
    """Strike an entry down by half an hour, then find the sum changed."""
    before = await staff("HourEntryService/GetHoursSummary", enrollment=entry.enrollment)
    fixed = f"{float(entry.hours) - 0.5:g}"
    correction = {
        "enrollment": entry.enrollment, "item": entry.item, "mode": entry.mode, "hours": fixed,
        "taught_on": entry.taught_on, "corrects": entry.name, "reason": "签到表多记半学时",
    }  # fmt: skip
    parent = entry.enrollment.split("/enrollments/")[0]
    corrected = (await staff("HourEntryService/RecordHours", parent=parent, entries=[correction])).entries[0]
    after = await staff("HourEntryService/GetHoursSummary", enrollment=entry.enrollment)
    expect("hours after a correction", float(after.total_hours), float(before.total_hours) - 0.5)
    back = correction | {"hours": entry.hours, "corrects": corrected.name, "reason": "核对后恢复原记录"}
    await staff("HourEntryService/RecordHours", parent=parent, entries=[back])
    j.teller.say(
        f"学时更正留痕：{before.total_hours} → {after.total_hours} → {before.total_hours}，原记录保留",
        f"Corrections leave a trace: {before.total_hours} → {after.total_hours} → {before.total_hours} hours",
    )


async def complete(j: Journey) -> None:
    """Completion exam, then the completions; who lacks something is told everything that is missing."""
    for each in j.scenario["cohort"]:
        staff, known = j.institution(each["institution"]), await _enrollments(j, each)
        await staff("CohortService/StartCompletionExam", name=name_of(each))
        scores = [
            {"enrollment": known[r["姓名"]], "score": r["结业考核成绩"], "examined_on": day(r["考核日期"])}
            for r in files.table(each["scores"])
        ]
        await staff("EnrollmentService/RecordExamScores", parent=name_of(each), scores=scores)
    j.clock.move_to(j.scenario["cohort"][0]["end_date"], "10:00")
    for each in j.scenario["cohort"]:
        await _register(j, each)


async def _register(j: Journey, each: dict[str, Any]) -> None:
    staff, known = j.institution(each["institution"]), await _enrollments(j, each)
    names = {enrollment: name for name, enrollment in known.items()}
    answer = await staff(
        "CompletionService/BatchRegisterCompletions", parent=name_of(each), enrollments=sorted(names)
    )
    j.teller.say(
        f"{each['display_name']}：登记结业 {answer.registered} 人，未达要求 {answer.refused} 人",
        f"{name_of(each)}: {answer.registered} completions, {answer.refused} refused",
    )
    unmet: list[str] = []
    for outcome in answer.outcomes:
        if outcome.unmet:
            unmet += [reason.reason for reason in outcome.unmet]
            for rule in outcome.unmet:
                j.teller.reason(rule.reason, rule.message, f"{names[outcome.enrollment]}: ")
        else:
            j.completions[name_key(outcome.completion.holder_name)] = outcome.completion
    if not unmet:
        raise AssertionError("every cohort of the scenario has learners who lack something")
    j.add("completions", answer.registered)
    j.summary["completions_refused"] = dict(
        Counter(j.summary.get("completions_refused", {})) + Counter(unmet)
    )
    await staff("CohortService/CloseCohort", name=name_of(each))
