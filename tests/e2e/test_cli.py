"""The embedded system as its own process, driven by nothing but the command line."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.people import person
from tests.support.places import ROOT

PATIENCE = 60.0
pytestmark = pytest.mark.timeout(240)


class Shell:
    """Runs `shuzheng` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"SHUZHENG_DATA_DIR": str(folder), "SHUZHENG_LANG": "zh"}
        self.environment.pop("SHUZHENG_TOKEN", None)

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "services.cli", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **pipes)  # type: ignore[call-overload,no-any-return]

    def run(self, *words: str) -> tuple[int, str, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def json(self, *words: str) -> Any:
        code, out, err = self.run(*words, "--json")
        assert code == 0, (words, out, err)
        return json.loads(out)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    shell = Shell(tmp_path_factory.mktemp("cli") / "var")
    system = shell.start("up")
    deadline = time.monotonic() + PATIENCE
    while not (shell.folder / "endpoints.json").exists():
        assert system.poll() is None, system.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield shell
    system.send_signal(signal.SIGINT)
    out, err = system.communicate(timeout=PATIENCE)
    assert system.returncode == 0, (out, err)
    assert "ready in" in out
    assert not (shell.folder / "endpoints.json").exists()


def institution(shell: Shell, identifier: str, code: str) -> Any:
    return shell.json(
        "institution", "create", identifier, "--display-name", "示范大学", "--uscc", code, "--kind", "university",
        "--region", "370100",
    )  # fmt: skip


def test_the_way_of_an_institution(shell: Shell) -> None:
    shell.run("logout")
    code, _, err = shell.run("institution", "list")
    assert (code, "请先登录" in err) == (4, True)
    assert shell.run("login", "--as", "supervisor", "--subject", "郑处长")[0] == 0
    made = institution(shell, "sdu", "52999999000000101A")
    assert made["name"] == "institutions/sdu"
    assert "示范大学" in shell.run("institution", "list")[1]
    updated = shell.json(
        "institution", "update", made["name"], "--etag", made["etag"], "--display-name", "新名"
    )
    assert updated["display_name"] == "新名"
    code, _, err = shell.run(
        "institution", "update", made["name"], "--etag", made["etag"], "--display-name", "旧"
    )
    assert (code, "STALE_ETAG" in err) == (5, True)


def test_exit_codes_tell_what_was_wrong(shell: Shell) -> None:
    shell.run("login", "--as", "supervisor")
    assert shell.run("institution", "get", "institutions/nobody")[0] == 3
    code, out, _ = shell.run(
        "institution", "create", "x", "--display-name", "无码", "--uscc", "123", "--json"
    )
    assert (code, json.loads(out)["error"]["exit_code"]) == (2, 2)
    shell.run("login", "--as", "institution:institutions/other")
    code, _, err = shell.run("institution", "get", "institutions/sdu")
    assert (code, "资源不属于" in err) == (4, True)
    code, _, err = shell.run("--lang", "en", "institution", "get", "institutions/sdu")
    assert (code, err.startswith("Not allowed")) == (4, True)
    assert shell.run("--endpoint", "127.0.0.1:9", "program", "list")[0] == 6
    assert shell.run("cohort", "nonsense")[0] == 2
    code, _, err = shell.run("cohort", "list")
    assert (code, "缺少 missing: {parent}" in err) == (2, True)
    code, _, err = shell.run("--lang", "fr", "cohort", "list")
    assert (code, "'zh', 'en'" in err) == (2, True)


def enrolling(shell: Shell, identifier: str, code: str) -> str:
    """Open a cohort of a new institution for enrollment, as its staff; returns its name."""
    shell.run("login", "--as", "supervisor")
    institution(shell, identifier, code)
    listing = shell.json(
        "listing", "create", f"institutions/{identifier}", "--listing-id", "l", "--occupation", "big-data",
        "--role", "training",
    )  # fmt: skip
    confirmed = ["--batch", "2026-01", "--valid-from", "2021-03-01", "--valid-to", "2099-12-31"]
    for step, more in (("recommend", []), ("review", []), ("confirm", confirmed)):
        shell.json("listing", step, listing["name"], *more)
    shell.run("login", "--as", f"institution:institutions/{identifier}")
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 20 * 86400))
    cohort = shell.json(
        "cohort", "create", f"institutions/{identifier}", "--cohort-id", "c", "--display-name", "一班",
        "--qualification", "big-data/data-analysis/junior", "--start-date", day, "--end-date", day,
        "--capacity", "9000",
    )["name"]  # fmt: skip
    assert shell.json("cohort", "file", cohort)["state"] == "COHORT_STATE_FILED"
    shell.json("cohort", "open-enrollment", cohort)
    return str(cohort)


def test_a_roster_goes_in_and_its_rejects_come_back(shell: Shell, tmp_path: Path) -> None:
    cohort = enrolling(shell, "roster", "52999999000000102D")
    file = tmp_path / "roster.csv"
    file.write_text("姓名,身份证号,血型\n王静,99999919750102903X,A\n张三,123,B\n", "gbk")
    rejects = tmp_path / "rejects.csv"
    code, out, err = shell.run("roster", "import", cohort, str(file), "--rejects", str(rejects))
    assert code == 0, err
    assert "column C 血型: 此列无法识别，未读取" in out
    assert f"rejects: {rejects}" in err
    told = shell.json("roster", "import", cohort, str(file), "--dry-run")
    assert {reject["row"] for reject in told["rejects"]} == {3}
    assert {notice["code"] for notice in told["notices"]} == {
        "NOTICE_CODE_ENCODING_ASSUMED", "NOTICE_CODE_UNKNOWN_COLUMN", "NOTICE_CODE_VALUE_ASSUMED",
    }  # fmt: skip
    kept = rejects.read_text("utf-8-sig")
    assert "INVALID_NATIONAL_ID" in kept
    rejects.write_text(kept.replace(",123,", ",99999919750102911X,"), "utf-8")
    told = shell.json("roster", "import", cohort, str(rejects), "--rejects", str(rejects))
    assert (told.get("enrollments_created"), told["rejects"]) == (1, []), told
    assert shell.run("roster", "import", cohort, "absent.csv")[0] == 2


def test_a_large_roster_is_an_operation_to_watch(shell: Shell, tmp_path: Path) -> None:
    cohort = enrolling(shell, "long", "52999999000000103F")
    file, headless = tmp_path / "roster.csv", tmp_path / "headless.csv"
    people = [person(number) for number in range(1, 6001)]
    lines = [f"{who.display_name},{who.national_id},示例公司第一分公司" for who in people]
    file.write_text("\n".join(["姓名,身份证号,工作单位", *lines]), "utf-8")
    code, out, err = shell.run("roster", "import", cohort, str(file))
    assert code == 0, err
    name = re.search(r"institutions/long/operations/training-\w+", err)
    assert name is not None, err
    (listed,) = shell.json("operation", "list", "institutions/long")["operations"]
    assert (listed["name"], listed["state"], listed["done"]) == (name[0], "OPERATION_STATE_SUCCEEDED", 6000)
    code, out, err = shell.run("operation", "watch", name[0])
    assert (code, "6000/6000" in err) == (0, True), (out, err)
    code, out, err = shell.run("operation", "get", name[0])
    assert (code, "enrollments_created  6000" in out, "type_url" in out) == (0, True, False), out
    code, out, err = shell.run("operation", "watch", name[0], "--rejects", str(tmp_path / "none.csv"))
    assert (code, "enrollments_created  6000" in out, (tmp_path / "none.csv").exists()) == (0, True, False)
    result = shell.json("operation", "get", name[0])["result"]
    assert result["@type"].endswith("ImportRosterResponse")
    assert result["summary"]["enrollments_created"] == 6000
    assert shell.json("operation", "cancel", name[0])["state"] == "OPERATION_STATE_SUCCEEDED"
    assert "此前已经结束" in shell.run("operation", "cancel", name[0])[2]
    assert "queued | running" in shell.run("operation", "list", "--state", "done")[2]
    assert "training | assessment" in shell.run("operation", "list", "--service", "foo")[2]
    headless.write_text("无表头\n" * 40_000, "utf-8")
    assert shell.run("roster", "import", cohort, str(headless))[0] == 2
    (failed,) = shell.json("operation", "list", "institutions/long", "--state", "failed")["operations"]
    code, out, err = shell.run("operation", "watch", failed["name"])
    assert (code, "UNREADABLE_FILE" in err) == (2, True), (out, err)
    shell.run("login", "--as", "institution:institutions/roster")
    assert shell.run("operation", "watch", name[0])[0] == 4
    assert shell.run("operation", "get", "institutions/long/operations/nothing-1")[0] == 2
    assert shell.run("operation", "get", "institutions/roster/operations/training-1")[0] == 3


def test_verification_needs_no_token(shell: Shell, tmp_path: Path) -> None:
    shell.run("logout")
    code, out, _ = shell.run("certificate", "verify", "DE0000000000000000", "张三", "--json")
    assert (code, json.loads(out)["outcome"]) == (1, "VERIFICATION_OUTCOME_NOT_FOUND_OR_NAME_MISMATCH")
    rows = tmp_path / "rows.csv"
    rows.write_text("证书编号,姓名\n" + "DE1,张三\n" * 700, "utf-8")
    told = shell.json("certificate", "batch-verify", str(rows), "--to", str(tmp_path / "answers.csv"))
    assert told == {"rows": 700, "outcomes": {"NOT_FOUND_OR_NAME_MISMATCH": 700}, "notices": []}
    assert len((tmp_path / "answers.csv").read_text("utf-8-sig").splitlines()) == 701
    rows.write_text("证书编号,姓名\nDE1,张三\n#N/A,=李四\n", "utf-8")
    told = shell.json("certificate", "batch-verify", str(rows), "--rejects", str(tmp_path / "r.csv"))
    assert told["outcomes"] == {"NOT_FOUND_OR_NAME_MISMATCH": 1, "FORMULA_FAILED": 1}
    assert "#N/A,'=李四" in (tmp_path / "r.csv").read_text("utf-8-sig")
    assert json.loads(shell.run("certificate", "did")[1])["id"].startswith("did:web:")


def test_an_employer_gets_a_report_and_anyone_can_check_it(shell: Shell, tmp_path: Path) -> None:
    shell.run("login", "--as", "supervisor")
    company = ("--display-name", "示例公司", "--uscc", "91330100799655058B")
    shell.json("employer", "create", "acme", *company)
    key = shell.json("employer", "create-api-key", "employers/acme", "--display-name", "人事系统")
    shell.run("logout")
    rows, report = tmp_path / "rows.ndjson", tmp_path / "report.json"
    rows.write_text('{"编号": "DE1", "姓名": "张三"}\n{\n', "utf-8")
    wanted = (
        "certificate",
        "batch-verify",
        str(rows),
        "--report",
        str(report),
        "--to",
        str(tmp_path / "a.csv"),
    )
    assert shell.run(*wanted)[0] == 4
    shell.environment["SHUZHENG_API_KEY"] = key["secret"]
    told = shell.json(*wanted)
    assert told["outcomes"] == {"NOT_FOUND_OR_NAME_MISMATCH": 1, "NOT_A_RECORD": 1}
    assert shell.json("report", "get", told["report"]["name"])["rows"] == 2
    del shell.environment["SHUZHENG_API_KEY"]
    shell.run("login", "--as", "supervisor")
    assert shell.json("certificate", "export", "--out", str(tmp_path / "export"))["certificates"] == 0
    shell.run("logout")
    pinned = str(tmp_path / "export" / "reports" / "did.json")
    assert (
        shell.json("report", "verify", str(report), "--keys", pinned, "--about", str(rows))["rowCount"] == "2"
    )
    report.write_bytes(report.read_bytes().replace(b"NOT_FOUND_OR_NAME_MISMATCH", b"VALID"))
    assert shell.run("report", "verify", str(report), "--keys", pinned)[0] == 1
    assert shell.json("audit", "--dir", str(tmp_path / "export"))["problems"] == []
    (tmp_path / "export" / "manifest.json").unlink()
    assert shell.run("audit", "--dir", str(tmp_path / "export"))[0] == 1


def test_operators_see_the_events(shell: Shell) -> None:
    shell.run("login", "--as", "supervisor")
    status = shell.json("events", "status")
    assert set(status) == {"training", "assessment", "certificates"}
    assert all(each["parked"] == 0 for each in status.values())
    assert shell.json("events", "parked", "list") == []
    assert shell.run("events", "parked", "retry", "no-such-event")[0] == 3
    assert set(shell.json("events", "republish", "--since", "2026-01-01T00:00")) == set(status)


def test_any_rpc_by_its_name(shell: Shell) -> None:
    told = shell.json("call", "training.ProgramService/ListPrograms", "--data", '{"page_size": 2}')
    assert len(told["programs"]) == 2
    assert shell.run("call", "NoSuchService/Get")[0] == 3
    assert shell.run("call", "ProgramService/GetProgram", "--data", "{")[0] == 2


def test_one_system_holds_a_data_folder(shell: Shell) -> None:
    code, _, err = shell.run("up")
    assert (code, "Another embedded system" in err) == (1, True)
