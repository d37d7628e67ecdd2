"""`shuzheng certificate verify`, `batch-verify`, `export`, `did`: what employers and the public need; no token."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.batches import batch_verify
from services.cli.commands import reported, started
from services.cli.exports import export
from services.cli.failures import REFUSED
from services.cli.options import Json
from services.client.fields import BadValue

VALID = 1


def add(app: typer.Typer) -> None:
    """Add the commands to the group `certificate`."""
    app.command("verify", help="验证证书：编号与姓名，或证书文件 · VerificationService/VerifyCertificate")(
        verify
    )
    app.command(
        "batch-verify", help="批量验证 CSV | XLSX | NDJSON (证书编号, 姓名) · BatchVerify, BatchVerifyFile"
    )(batch_verify)
    app.command("export", help="导出证书、公钥与日志 · certificates, keys and log as files")(export)
    app.command("did", help="签发者 DID 文档 · VerificationService/GetDidDocument")(did)


def verify(
    ctx: typer.Context,
    number: Annotated[str | None, typer.Argument(help="证书编号 · number")] = None,
    name: Annotated[str | None, typer.Argument(help="持证人姓名 · holder's name")] = None,
    document: Annotated[
        Path | None, typer.Option("--document", help="证书 JSON 文件 · signed document")
    ] = None,
    json: Json = False,
) -> None:
    """Verify one certificate; the exit code is 0 only when it is valid."""
    session = started(ctx, json)
    valid = False
    with reported(session):
        evidence = _evidence(number, name, document)
        answer = session.caller("VerificationService/VerifyCertificate", **evidence)
        output.show(answer, session.json)
        valid = answer.outcome == VALID
    if not valid:
        raise typer.Exit(REFUSED)


def _evidence(number: str | None, name: str | None, document: Path | None) -> dict[str, Any]:
    if document is not None:
        return {"document": document.read_bytes()}
    if not number or not name:
        raise BadValue("证书编号与姓名，或 --document FILE · number and name, or --document FILE")
    return {"printed": {"number": number, "holder_name": name}}


def did(ctx: typer.Context, json: Json = False) -> None:
    """Show the DID document of the issuer, to be served at /.well-known/did.json."""
    session = started(ctx, json)
    with reported(session):
        output.lines([session.caller("VerificationService/GetDidDocument").content.decode()])
