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
from services.cli.options import Json
from services.cli.progress import Stages
from services.cli.session import Session
from services.client import uploads
from services.client.sheets import Row, read_rows

ROWS = 500  # rows a message
COLUMNS = ("number", "holder_name", "outcome")
REPORT_COLUMNS = ("row", "number", "outcome", "problem")
STAGE = "验证 verified"


class Told(NamedTuple):
    """What was answered: columns and rows of the answers' file, outcomes, and the report where one was asked for."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    outcomes: Counter[str]
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
    json: Json = False,
) -> None:
    """Verify every row of a file; rows and answers keep their order."""
    session = started(ctx, json)
    with reported(session):
        told = _as_employer(session, file) if report is not None else _as_anyone(session, file)
        if to is not None:
            write_answers(to, told)
        if report is not None:
            report.write_bytes(told.report.content)
        _show(session, told, report)


def _show(session: Session, told: Told, report: Path | None) -> None:
    summary: dict[str, Any] = {"rows": len(told.rows), "outcomes": dict(told.outcomes)}
    if report is not None:
        summary["report"] = {"name": told.report.name, "file": str(report)}
    if session.json:
        output.print_json(summary)
    else:
        output.lines(output.account(summary["outcomes"] | summary.get("report", {})))


def _as_anyone(session: Session, file: Path) -> Told:
    """Verify row by row, without any account."""
    rows = read_rows(str(file), file.read_bytes())
    outcomes: list[str] = []
    with Stages(quiet=session.json) as stages:
        for answer in session.caller.stream("VerificationService/BatchVerify", batches(rows)):
            outcomes += [_outcome(verification) for verification in answer.verifications]
            stages.show(STAGE, len(outcomes), len(rows))
    answered: list[tuple[str, ...]] = [(*row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
    return Told(COLUMNS, answered, Counter(outcomes))


def _as_employer(session: Session, file: Path) -> Told:
    """Send the file as it is; the service reads it and signs what it told."""
    sent = uploads.parts(file.read_bytes(), first={"filename": file.name})
    rows, last = [], None
    with Stages(quiet=session.json) as stages:
        for last in session.caller.stream("VerificationReportService/BatchVerifyFile", sent):
            rows += [_row(row) for row in last.rows]
            stages.show(STAGE, len(rows), last.rows_total)
    assert last is not None
    return Told(REPORT_COLUMNS, rows, Counter(row[2] or row[3] for row in rows), last.report)


def _row(row: Any) -> tuple[str, ...]:
    told = output.plain(row)
    outcome = _outcome(row.verification) if row.HasField("verification") else ""
    return str(row.row), row.number, outcome, told.get("problem", "").removeprefix("ROW_PROBLEM_")


def _outcome(verification: Any) -> str:
    return output.plain(verification).get("outcome", "").removeprefix("VERIFICATION_OUTCOME_")


def batches(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Yield the fields of each message of a batch."""
    remaining = iter(rows)
    while some := list(itertools.islice(remaining, ROWS)):
        yield {"rows": [{"number": number, "holder_name": name} for number, name in some]}


def write_answers(file: Path, told: Told) -> None:
    """Write the answers as CSV that spreadsheets open; no cell of it is taken for a formula."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(told.columns)
        writer.writerows([_inert(cell) for cell in row] for row in told.rows)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
