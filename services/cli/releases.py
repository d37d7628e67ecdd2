"""`shuzheng batch watch`: follows a batch until all of its certificates are issued, or it is rejected."""

from typing import Annotated

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.cli.progress import Stages

STAGE = "签发 issued"


def add(app: typer.Typer) -> None:
    """Add the command to the group `batch`."""
    app.command("watch", help="跟踪签发进度 · follow a batch until it is issued or rejected")(watch)


def watch(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="batches/{batch}")],
    owner: Annotated[str, typer.Option("--owner", help="institutions/{institution}, bodies/{body}")] = "",
    json: Json = False,
) -> None:
    """Show a bar on a terminal; the answer is the batch as it was at the end."""
    session = started(ctx, json)
    with reported(session):
        batch = None
        with Stages(quiet=session.json) as stages:
            for answer in session.caller("BatchService/WatchBatch", name=name, owner=owner):
                batch = answer.batch
                stages.show(STAGE, batch.issued_count + batch.withdrawn_count, batch.certificate_count)
        if batch is not None:
            output.show(batch, session.json)
