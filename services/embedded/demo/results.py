"""Results are confirmed and published; one is annulled, one completion withdrawn: certificates follow by themselves."""

from typing import Any

from services.embedded.demo.exams import name_of
from services.embedded.demo.expectation import expect, until
from services.embedded.demo.journey import Journey

TRAINING, GRADE = 1, 2
ISSUED, REVOKED = 2, 3
ALIVE = 4  # state PUBLISHED of a result


async def training_certificates(j: Journey) -> None:
    """Every completion becomes a training certificate."""
    await _await_certificates(j, TRAINING, len(j.completions))
    j.teller.say(
        f"结业登记一经提交，{len(j.completions)} 张培训合格证书自动签发",
        f"{len(j.completions)} training certificates were issued from the completions",
    )
    j.summary["training_certificates"] = len(j.completions)


async def _await_certificates(j: Journey, kind: int, count: int) -> list[Any]:
    def fetch() -> Any:
        return j.supervisor.every(
            "CertificateService/ListCertificates", "certificates", kind=kind, state=ISSUED
        )

    return await until(fetch, lambda found: len(found) == count, f"{count} certificates of kind {kind}")


async def publish(j: Journey) -> None:
    """Confirm and publish each exam's results; who passed both parts gets a grade certificate."""
    passed = failed = 0
    j.clock.move_to(j.scenario["exam"][-1]["day"], "18:30")
    j.clock.advance(days=3)
    for each in j.scenario["exam"]:
        staff, exam = j.body(each["body"]), name_of(each)
        await staff("ResultService/ConfirmResults", exam=exam)
        answer = await staff("ResultService/PublishResults", exam=exam)
        passed, failed = passed + answer.passed, failed + answer.published - answer.passed
        j.teller.say(
            f"{each['display_name']}：公布 {answer.published} 人，合格 {answer.passed} 人",
            f"{exam}: {answer.published} results published, {answer.passed} passed",
        )
        await _failures(j, staff, each)
    await _await_certificates(j, GRADE, passed)
    j.summary |= {"passed": passed, "failed": failed, "grade_certificates": passed}
    j.teller.say(f"{passed} 张专业技术等级证书自动签发", f"{passed} grade certificates were issued")


async def _failures(j: Journey, staff: Any, each: dict[str, Any]) -> None:
    rows = await staff.every(
        "ResultService/ListResults", "results", parent=f"bodies/{each['body']}", exam=name_of(each)
    )
    for row in rows:
        if not row.passed:
            j.teller.note(
                f"{row.candidate_display_name}: 理论 {row.theory_score} · 能力 {row.ability_score} ✗"
            )


async def withdraw(j: Journey) -> None:
    """A result is annulled for misconduct and a completion withdrawn: both certificates are revoked."""
    j.clock.advance(days=14)
    sources = [await _annul(j), await _withdraw_completion(j)]

    async def fetch() -> list[Any]:
        found = [
            await j.supervisor.every("CertificateService/ListCertificates", "certificates", source=source)
            for source in sources
        ]
        return [certificate for each in found for certificate in each]

    revoked = await until(
        fetch, lambda found: [c.state for c in found] == [REVOKED] * 2, "two revoked certificates"
    )
    for certificate in revoked:
        j.teller.note(f"{certificate.number} {certificate.holder_name}: {certificate.revocation_note}")
    j.summary["revoked"] = len(revoked)


async def _annul(j: Journey) -> str:
    exam = j.scenario["exam"][0]
    staff = j.body(exam["body"])
    rows = await staff.every(
        "ResultService/ListResults", "results", parent=f"bodies/{exam['body']}", exam=name_of(exam)
    )
    chosen = next(row for row in rows if row.passed)
    result = await staff(
        "ResultService/AnnulResult", name=chosen.name, tier="MISCONDUCT_TIER_B", reason="考后查实使用通讯设备"
    )
    record = (
        await j.supervisor("CandidateService/ListIntegrityRecords", parent=result.candidate)
    ).integrity_records[0]
    ends = f"{record.ends_on.year}-{record.ends_on.month:02d}-{record.ends_on.day:02d}"
    expect("state of the annulled result", result.passed, False)
    j.teller.say(
        f"{result.candidate_display_name} 成绩作废（B 类），诚信档案记录至 {ends}，证书自动吊销",
        f"{result.candidate_display_name}'s result is annulled (tier B, on record until {ends}); certificate revoked",
    )
    return str(result.name)


async def _withdraw_completion(j: Journey) -> str:
    name, completion = next(
        (n, c) for n, c in j.completions.items() if c.name.startswith("institutions/haidai/")
    )
    await j.institution("haidai")(
        "CompletionService/WithdrawCompletion", name=completion.name, reason="学时登记错误"
    )
    del j.completions[name]
    j.teller.say(
        f"{name} 结业撤回，培训合格证书自动吊销", f"{name}'s completion is withdrawn; certificate revoked"
    )
    return str(completion.name)
