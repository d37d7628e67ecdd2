"""`shuzheng roster import`: sends a roster file, shows progress, keeps the rejects as a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from shuzheng.training.v1.roster_pb2 import RosterStage

from services.cli import output
from services.cli.commands import reported, started
from services.cli.intake import Intake, KeepRejects
from services.cli.options import Json
from services.cli.progress import Stages
from services.cli.session import Session
from services.client import uploads

STAGES = {"RECEIVING": "接收 receiving", "CHECKING": "检查 checking", "IMPORTING": "导入 importing"}
HELP = "导入学员名册 (XLSX, XLS, CSV, NDJSON) · RosterService/ImportRoster"


def add(app: typer.Typer) -> None:
    """Add the command to the group `roster`."""
    app.command("import", help=HELP)(import_roster)


def import_roster(
    ctx: typer.Context,
    cohort: Annotated[str, typer.Argument(help="institutions/{institution}/cohorts/{cohort}")],
    file: Annotated[Path, typer.Argument(help="名册文件 · the roster")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · check only")] = False,
    rejects: KeepRejects = None,
    json: Json = False,
) -> None:
    """Send the file and show what came of it."""
    session = started(ctx, json)
    with reported(session):
        about = {"filename": file.name, "dry_run": dry_run}
        sent = uploads.parts(file.read_bytes(), first=about, every={"parent": cohort})
        tell(session, session.caller.stream("RosterService/ImportRoster", sent), rejects)


def tell(session: Session, answers: Iterator[Any], rejects: Path | None) -> None:
    """Show progress and what came of an import; keep what was refused."""
    with Stages(quiet=session.json) as stages:
        summary, intake = gather(answers, stages)
    intake.tell(session, rejects, output.plain(summary), output.account(output.readable(summary)))


def gather(answers: Iterator[Any], stages: Stages) -> tuple[Any, Intake]:
    """Return the summary of an import, and what was refused and noticed."""
    summary, intake = None, Intake()
    for answer in answers:
        stages.note(answer.operation)
        if answer.HasField("progress"):
            at = answer.progress
            stage = RosterStage.Name(at.stage).removeprefix("ROSTER_STAGE_")
            stages.show(STAGES.get(stage, "…"), at.rows_done, at.rows_total)
        intake.take(answer)
        summary = answer.summary
    return summary, intake
