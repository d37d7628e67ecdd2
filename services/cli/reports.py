"""`shuzheng report verify`: checks a signed verification report offline, and that it is about a given file."""

import json as json_text
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.client.fields import BadValue
from services.kit.errors import precondition
from services.verifier import offline

PURPOSE = "report"
TYPE = "VerificationReport"


def add(app: typer.Typer) -> None:
    """Add the command to the group `report`."""
    app.command("verify", help="离线验证签名的验证报告 · check a signed report offline")(verify)


def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="验证报告 · the report")],
    keys: Annotated[list[Path], typer.Option("--keys", help="报告签发者的 DID 文档 · reports/did.json")],
    about: Annotated[
        Path | None, typer.Option("--about", help="所验证的文件 · the file that was verified")
    ] = None,
    json: Json = False,
) -> None:
    """Check signature and issuer, and with --about the file's digest; the exit code is 0 only where all is right."""
    session = started(ctx, json)
    with reported(session):
        subject = checked(file, keys)
        if about is not None and sha256(about.read_bytes()).hexdigest() != subject["file"]["sha256"]:
            raise precondition("OTHER_FILE", f"The report is not about {about.name} as it is now.")
        told = {key: value for key, value in subject.items() if key != "rows"}
        output.print_json(told) if session.json else output.lines(output.account(told))


def checked(file: Path, keys: list[Path]) -> dict[str, Any]:
    """Return what a report says; raises BAD_REPORT unless it was signed by one of the pinned report keys."""
    try:
        pinned = offline.read_keys(keys)
        document = json_text.loads(file.read_bytes())
        proofs, issuer = document.pop("proof"), document["issuer"]["id"]
        subject: dict[str, Any] = document["credentialSubject"]
        rightly = TYPE in document["type"] and issuer in pinned.issuers
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadValue(f"{file}: {error!r}") from None
    try:
        offline.check_proofs(document, proofs, pinned, PURPOSE)
    except (offline.Refused, ValueError) as refusal:
        raise precondition("BAD_REPORT", str(refusal)) from None
    if not rightly:
        raise precondition("BAD_REPORT", f"{issuer} is not the pinned issuer of reports.")
    return subject
