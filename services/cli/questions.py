"""`shuzheng bank import` and `export`: question files (Moodle XML, GIFT) in and out of a bank."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.intake import Intake, KeepRejects
from services.cli.options import Json
from services.cli.progress import Stages
from services.cli.session import Session
from services.client import uploads
from services.client.fields import BadValue

FORMATS = {".xml": "ITEM_FORMAT_MOODLE_XML", ".gift": "ITEM_FORMAT_GIFT", ".txt": "ITEM_FORMAT_GIFT"}
FIGURES = ("found", "checked", "imported", "duplicates", "rejected")


def add(app: typer.Typer) -> None:
    """Add the commands to the group `bank`."""
    app.command("import", help="导入试题 (Moodle XML, GIFT) · ItemService/ImportItems")(import_items)
    app.command("export", help="导出试题为 Moodle XML · ItemService/ExportItems")(export_items)


def import_items(
    ctx: typer.Context,
    bank: Annotated[str, typer.Argument(help="bodies/{body}/banks/{bank}")],
    file: Annotated[Path, typer.Argument(help="试题文件 · .xml is Moodle XML, .gift GIFT")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · check only")] = False,
    point: Annotated[str, typer.Option("--point", help="缺省知识点 · where the file names none")] = "",
    rejects: KeepRejects = None,
    json: Json = False,
) -> None:
    """Send the file and show what came of it."""
    session = started(ctx, json)
    with reported(session):
        sent = parts(bank, file, dry_run, point)
        tell(session, session.caller.stream("ItemService/ImportItems", sent), rejects)


def tell(session: Session, answers: Iterable[Any], rejects: Path | None) -> None:
    """Show progress and what came of an import; keep what was refused."""
    with Stages(quiet=session.json) as stages:
        last, intake = gather(answers, stages)
    figures = {name: getattr(last, name) for name in FIGURES}
    intake.tell(session, rejects, figures, output.account(figures))


def parts(bank: str, file: Path, dry_run: bool, point: str) -> list[dict[str, Any]]:
    """Return the fields of the messages that carry a file; raises BadValue for an unknown ending."""
    if file.suffix.lower() not in FORMATS:
        raise BadValue(f"{file}: {', '.join(FORMATS)}")
    about = {
        "parent": bank,
        "format": FORMATS[file.suffix.lower()],
        "validate_only": dry_run,
        "default_knowledge_point": point,
    }
    return uploads.parts(file.read_bytes(), every=about)


def gather(answers: Iterable[Any], stages: Stages) -> tuple[Any, Intake]:
    """Return the last answer, which has the figures, and what was refused and noticed."""
    last, intake = None, Intake(at="line")
    for answer in answers:
        stages.note(answer.operation)
        stages.show("试题 items", answer.checked, answer.found)
        intake.take(answer)
        last = answer
    return last, intake


def export_items(
    ctx: typer.Context,
    bank: Annotated[str, typer.Argument(help="bodies/{body}/banks/{bank}")],
    file: Annotated[Path, typer.Argument(help="写入的文件 · file to write")],
    state: Annotated[
        str, typer.Option("--state", help="draft | in-review | reviewed | active | retired")
    ] = "",
    json: Json = False,
) -> None:
    """Write the items of a bank as Moodle XML."""
    session = started(ctx, json)
    with reported(session):
        wanted = f"ITEM_STATE_{state.upper().replace('-', '_')}" if state else 0
        try:
            answers = session.caller("ItemService/ExportItems", parent=bank, state=wanted)
        except ValueError:
            raise BadValue(f"--state {state}") from None
        content = b"".join(answer.chunk for answer in answers)
        file.write_bytes(content)
        told = {"file": str(file), "bytes": len(content)}
        output.print_json(told) if session.json else output.lines(output.account(told))
