"""`shuzheng certificate export`: certificates, keys and log as files (docs/export.md), for mirrors and auditors."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.cli.progress import Stages
from services.client import exports


def export(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="写入的目录 · folder to write to")],
    owner: Annotated[str, typer.Option("--owner", help="institutions/{institution}, bodies/{body}")] = "",
    kind: Annotated[str, typer.Option("--kind", help="training | grade")] = "",
    json: Json = False,
) -> None:
    """Write every certificate with what is needed to check it without the service."""
    session = started(ctx, json)
    with reported(session), Stages(quiet=session.json) as stages:
        only = {"owner": owner} | ({"kind": f"CERTIFICATE_KIND_{kind.upper()}"} if kind else {})
        told = exports.write(out, session.caller, only, lambda stage, count: stages.show(stage, count, count))
    output.print_json(told) if session.json else output.lines(output.account(told))
