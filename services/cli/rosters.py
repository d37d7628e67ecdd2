"""`shuzheng roster import`: sends a roster file, shows progress, keeps the rejects as a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.cli.progress import Stages
from services.client import uploads

STAGES = {1: "接收 receiving", 2: "检查 checking", 3: "导入 importing"}
SHOWN = 20  # rejects on the screen; the file has them all


def add(app: typer.Typer) -> None:
    """Add the command to the group `roster`."""
    app.command("import", help="导入学员名册 (XLSX, XLS, CSV) · RosterService/ImportRoster")(import_roster)


def import_roster(
    ctx: typer.Context,
    cohort: Annotated[str, typer.Argument(help="institutions/{institution}/cohorts/{cohort}")],
    file: Annotated[Path, typer.Argument(help="名册文件 · the roster")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · check only")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="退回行另存为 CSV · refused rows go here")
    ] = None,
    json: Json = False,
) -> None:
    """Send the file and show what came of it."""
    session = started(ctx, json)
    with reported(session):
        about = {"filename": file.name, "dry_run": dry_run}
        sent = uploads.parts(file.read_bytes(), first=about, every={"parent": cohort})
        with Stages(quiet=session.json) as stages:
            answers = session.caller.stream("RosterService/ImportRoster", sent)
            summary, refused, kept = gather(answers, stages)
        if rejects is not None and kept:
            rejects.write_bytes(kept)
        _show(summary, refused, rejects if kept else None, session.json)


def gather(answers: Iterator[Any], stages: Stages) -> tuple[Any, list[Any], bytes]:
    """Return summary, rejects and rejects file of an import."""
    summary, refused, kept = None, [], b""
    for answer in answers:
        if answer.HasField("progress"):
            at = answer.progress
            stages.show(STAGES.get(at.stage, "…"), at.rows_done, at.rows_total)
        refused += answer.rejects
        kept += answer.rejects_file
        if answer.HasField("summary"):
            summary = answer.summary
    return summary, refused, kept


def _show(summary: Any, refused: list[Any], kept: Path | None, as_json: bool) -> None:
    if as_json:
        told = output.plain(summary) if summary else {}
        output.print_json(told | {"rejects": [output.plain(reject) for reject in refused]})
        return
    if summary:
        output.show(summary, False)
    output.lines(f"  row {r.row}: {r.field or '-'}: {r.message} [{r.reason}]" for r in refused[:SHOWN])
    if len(refused) > SHOWN:
        output.lines([f"  … {len(refused) - SHOWN} more"])
    if kept:
        output.lines([f"退回行 rejects: {kept}"])
