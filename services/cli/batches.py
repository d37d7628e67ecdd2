"""`shuzheng certificate batch-verify`: a list of certificates, for anyone; with a signed report, for employers."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.intake import Intake, KeepRejects
from services.cli.options import Json
from services.cli.progress import Stages
from services.cli.session import Session
from services.client import lists, uploads
from services.kit.intake.cells import inert
from services.vocabulary.certificate_list import CertificateRow

ROWS = 500  # rows a message
COLUMNS = ("number", "holder_name", "outcome")
REPORT_COLUMNS = ("row", "number", "outcome", "problem")
STAGE = "验证 verified"


class Told(NamedTuple):
    """What was answered: columns and rows of the answers' file, outcomes, what was said of the file, and the report."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    outcomes: Counter[str]
    intake: Intake
    report: Any = None


def batch_verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV | XLSX | NDJSON：证书编号, 姓名 · number, holder_name")],
    to: Annotated[Path | None, typer.Option("--to", help="结果另存为 CSV · write the answers here")] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            help="签名验证报告写入此文件（用人单位令牌或 SHUZHENG_API_KEY） · signed report, for employers",
        ),
    ] = None,
    rejects: KeepRejects = None,
    json: Json = False,
) -> None:
    """Verify every row of a file; rows and answers keep their order."""
    session = started(ctx, json)
    with reported(session):
        told = _as_employer(session, file) if report is not None else _as_anyone(session, file)
        if to is not None:
            write_answers(to, told)
        told.intake.keep(rejects)
        if report is not None:
            report.write_bytes(told.report.content)
        _show(session, told, report)


def _show(session: Session, told: Told, report: Path | None) -> None:
    summary: dict[str, Any] = {"rows": len(told.rows), "outcomes": dict(told.outcomes)}
    if report is not None:
        summary["report"] = {"name": told.report.name, "file": str(report)}
    if session.json:
        output.print_json(summary | {"notices": told.intake.plain()["notices"]})
    else:
        output.lines(output.account(summary["outcomes"] | summary.get("report", {})))
        output.lines(told.intake.lines(session.lang))


def _as_anyone(session: Session, file: Path) -> Told:
    """Verify row by row, without any account; what cannot be verified is not sent."""
    read = lists.read(file.read_bytes())
    sent = [row for row in read.rows if row.problem is None]
    outcomes: list[str] = []
    with Stages(quiet=session.json) as stages:
        for answer in session.caller.stream("VerificationService/BatchVerify", batches(sent)):
            outcomes += [_outcome(verification) for verification in answer.verifications]
            stages.show(STAGE, len(outcomes), len(sent))
    found = iter(outcomes)
    rows: list[tuple[str, ...]] = [
        (row.number, row.name, next(found) if row.problem is None else row.problem.name) for row in read.rows
    ]
    intake = Intake(notices=list(read.notices), file=read.rejects_file)
    return Told(COLUMNS, rows, Counter(row[-1] for row in rows), intake)


def _as_employer(session: Session, file: Path) -> Told:
    """Send the file as it is; the service reads it and signs what it told."""
    sent = uploads.parts(file.read_bytes(), first={"filename": file.name})
    rows, last, intake = [], None, Intake()
    with Stages(quiet=session.json) as stages:
        for last in session.caller.stream("VerificationReportService/BatchVerifyFile", sent):
            rows += [_row(row) for row in last.rows]
            intake.take(last)
            stages.show(STAGE, len(rows), last.rows_total)
    assert last is not None
    return Told(REPORT_COLUMNS, rows, Counter(row[2] or row[3] for row in rows), intake, last.report)


def _row(row: Any) -> tuple[str, ...]:
    told = output.plain(row)
    outcome = _outcome(row.verification) if row.HasField("verification") else ""
    return str(row.row), row.number, outcome, told.get("problem", "").removeprefix("ROW_PROBLEM_")


def _outcome(verification: Any) -> str:
    return output.plain(verification).get("outcome", "").removeprefix("VERIFICATION_OUTCOME_")


def batches(rows: Iterable[CertificateRow]) -> Iterator[dict[str, Any]]:
    """Yield the fields of each message of a batch."""
    remaining = iter(rows)
    while some := list(itertools.islice(remaining, ROWS)):
        yield {"rows": [{"number": row.number, "holder_name": row.name} for row in some]}


def write_answers(file: Path, told: Told) -> None:
    """Write the answers as CSV that spreadsheets open; no cell of it is taken for a formula."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(told.columns)
        writer.writerows([inert(cell) for cell in row] for row in told.rows)
