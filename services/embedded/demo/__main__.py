"""`python -m services.embedded.demo`: starts everything, plays the scenario, checks, stops; 0 only when all held."""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

import uvloop

from services.client import failures
from services.client.channels import Channels, awaited, hang_up
from services.client.failures import Fault
from services.client.identity import development_issuer
from services.embedded import system
from services.embedded.demo import (
    catalogue,
    cohorts,
    exams,
    files,
    invariants,
    questions,
    results,
    sitting,
    verification,
)
from services.embedded.demo.clock import DemoClock
from services.embedded.demo.expectation import Unexpected, expect
from services.embedded.demo.journey import Journey
from services.embedded.demo.teller import Teller
from services.kit import logs
from services.kit.errors import AppError


def main() -> int:
    """Play the demo once."""
    parser = argparse.ArgumentParser(prog="shuzheng demo", description="数证 demo")
    parser.add_argument("--folder", type=Path, default=Path("var/demo"), help="emptied at each run")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument(
        "--json", action="store_true", help="the summary on standard output, the account on standard error"
    )
    chosen = parser.parse_args()
    logs.configure("error", service="demo")
    teller = Teller(chosen.lang, aside=chosen.json)
    try:
        uvloop.run(_run(chosen.folder.resolve(), teller))
        if chosen.json:
            print((chosen.folder / "summary.json").read_text("utf-8"), end="")
    except Unexpected as error:
        return _failed(teller, [str(error)])
    except Fault as error:
        return _failed(teller, [f"{error.call}: {error.code.name}: {error}"])
    except AppError as error:
        return _failed(teller, failures.lines(error, chosen.lang))
    return 0


def _failed(teller: Teller, lines: Iterable[str]) -> int:
    for line in lines:
        teller.console.print(f"✗ {line}", markup=False, style="bold red")
    return 1


async def _run(folder: Path, teller: Teller) -> None:
    began = time.perf_counter()
    _empty(folder)
    scenario = files.scenario()
    clock = DemoClock(scenario["start"].astimezone(UTC))
    teller.say(
        "演示：三个服务与消息服务器都在运行，全程真实 gRPC。只有时钟由演示拨动，几周的培训与考试几秒走完；"
        "人物与机构均为虚构。",
        "Demo: three services and a broker run, every call is real gRPC. Only the clock is moved by the demo, "
        "so that weeks pass in seconds; all people are made up.",
    )
    with teller.stage("start", "启动系统", "Start the system"):
        running = await system.open(
            folder / "data", clock, listen="127.0.0.1:0", caller_rate=0, public_rate=0
        )
        teller.say(f"就绪：{running.addresses}", f"Ready: {running.addresses}")
    try:
        channels = Channels(running.addresses.__getitem__, awaited)
        journey = Journey(channels, development_issuer(running.folder), clock, teller, folder, scenario)
        await _play(journey)
        await hang_up(channels)
    finally:
        await running.stop()
    _finish(journey, round(time.perf_counter() - began, 1))
    expect(
        "figures of the summary",
        {key: journey.summary[key] for key in scenario["expected"]},
        scenario["expected"],
    )


def _empty(folder: Path) -> None:
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.rmtree(folder / "certificates", ignore_errors=True)
    shutil.rmtree(folder / "export", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


async def _play(j: Journey) -> None:
    stage = j.teller.stage
    with stage("catalogue", "机构入目录", "Institutions and bodies enter the catalogue"):
        await catalogue.institutions(j)
        await catalogue.bodies(j)
    with stage("cohorts", "开班备案与学员名册", "Cohorts and rosters"):
        await cohorts.file_cohorts(j)
        await cohorts.import_rosters(j)
    with stage("training", "授课、学时与结业", "Teaching, hours and completions"):
        await cohorts.teach(j)
        await cohorts.complete(j)
    with stage("training_certificates", "培训合格证书", "Training certificates"):
        await results.training_certificates(j)
    with stage("questions", "题库、细目表与试卷", "Question banks, blueprints and papers"):
        await questions.banks(j)
        await questions.papers(j)
    with stage("registration", "考试安排与报考", "Exams and registrations"):
        await exams.schedule(j)
        await exams.declare(j)
        await exams.register(j)
    for number, each in enumerate(j.scenario["exam"], 1):
        with stage(
            f"exam_{number}",
            f"考试日 {each['day']} {each['display_name']}",
            f"Exam day {each['day']} {each['id']}",
        ):
            await sitting.exam_day(j, each)
    with stage("results", "成绩公布与等级证书", "Results and grade certificates"):
        await results.publish(j)
    with stage("revocations", "成绩作废与结业撤回", "An annulment and a withdrawal"):
        await results.withdraw(j)
    with stage("verification", "用人单位验证", "Employers verify"):
        await verification.certificates(j)
    with stage("invariants", "终检", "What must hold"):
        await invariants.check(j)


def _finish(j: Journey, seconds: float) -> None:
    summary = dict(sorted(j.summary.items())) | {"seconds": j.teller.seconds | {"total": seconds}}
    file = j.folder / "summary.json"
    file.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    j.teller.console.print("", markup=False)
    j.teller.say(f"全部完成，用时 {seconds} 秒 → {file}", f"All done in {seconds} s → {file}")


if __name__ == "__main__":
    sys.exit(main())
