"""`shuzheng certificate verify`, `batch-verify`, `export`, `did`: what employers and the public need; no token."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from google.protobuf import message_factory

from services.cli import catalog, output
from services.cli.commands import Json, reported, started
from services.cli.failures import REFUSED
from services.cli.fields import BadValue
from services.cli.progress import Stages

ROWS = 500  # rows a message
HEADINGS = {"number": ("number", "证书编号", "编号"), "holder_name": ("holder_name", "name", "姓名")}
VALID = 1


def add(app: typer.Typer) -> None:
    """Add the commands to the group `certificate`."""
    app.command("verify", help="验证证书：编号与姓名，或证书文件 · VerificationService/VerifyCertificate")(
        verify
    )
    app.command("batch-verify", help="批量验证 CSV (证书编号, 姓名) · VerificationService/BatchVerify")(
        batch_verify
    )
    app.command("export", help="导出证书文件 · CertificateService/ExportCertificates")(export)
    app.command("did", help="签发者 DID 文档 · VerificationService/GetDidDocument")(did)


def _method(name: str) -> Any:
    return catalog.descriptor("certificates", "VerificationService").methods_by_name[name]


def _message(method: Any) -> Any:
    return message_factory.GetMessageClass(method.input_type)


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
        method = _method("VerifyCertificate")
        answer = session.call("certificates", method, _evidence(_message(method), number, name, document))
        output.show(answer, session.json)
        valid = answer.outcome == VALID
    if not valid:
        raise typer.Exit(REFUSED)


def _evidence(request: Any, number: str | None, name: str | None, document: Path | None) -> Any:
    if document is not None:
        return request(document=document.read_bytes())
    if not number or not name:
        raise BadValue("证书编号与姓名，或 --document FILE · number and name, or --document FILE")
    return request(printed={"number": number, "holder_name": name})


def batch_verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV：证书编号, 姓名 · number, holder_name")],
    to: Annotated[Path | None, typer.Option("--to", help="结果另存为 CSV · write the answers here")] = None,
    json: Json = False,
) -> None:
    """Verify every row of a CSV file; rows and answers keep their order."""
    session = started(ctx, json)
    with reported(session):
        rows = list(read_rows(file))
        method = _method("BatchVerify")
        outcomes: list[str] = []
        with Stages(quiet=session.json) as stages:
            for answer in session.converse("certificates", method, batches(_message(method), rows)):
                outcomes += [_outcome(verification) for verification in answer.verifications]
                stages.show("验证 verified", len(outcomes), len(rows))
        if to is not None:
            write_outcomes(to, rows, outcomes)
        told = {"rows": len(rows), "outcomes": dict(Counter(outcomes))}
        output.print_json(told) if session.json else output.lines(output.account(told["outcomes"]))  # type: ignore[arg-type]


def _outcome(verification: Any) -> str:
    return output.plain(verification).get("outcome", "").removeprefix("VERIFICATION_OUTCOME_")


def read_rows(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (number, name) of a CSV file with a heading in Chinese or English; raises BadValue."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source)
        found = [
            next((h for h in known if h in (reader.fieldnames or ())), "") for known in HEADINGS.values()
        ]
        if not all(found):
            raise BadValue(f"{file}: 证书编号, 姓名 · number, holder_name")
        for row in reader:
            yield row[found[0]] or "", row[found[1]] or ""


def batches(request: Any, rows: Iterable[tuple[str, str]]) -> Iterator[Any]:
    """Yield the messages of a batch."""
    remaining = iter(rows)
    while some := list(itertools.islice(remaining, ROWS)):
        yield request(rows=[{"number": number, "holder_name": name} for number, name in some])


def write_outcomes(file: Path, rows: Iterable[tuple[str, str]], outcomes: Iterable[str]) -> None:
    """Write rows with their outcomes as CSV that spreadsheets open."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("number", "holder_name", "outcome"))
        writer.writerows((*row, outcome) for row, outcome in zip(rows, outcomes, strict=True))


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="写入的目录 · folder to write to")],
    owner: Annotated[str, typer.Option("--owner", help="institutions/{institution}, bodies/{body}")] = "",
    kind: Annotated[str, typer.Option("--kind", help="training | grade")] = "",
    json: Json = False,
) -> None:
    """Write each signed document as NUMBER.json."""
    session = started(ctx, json)
    with reported(session):
        method = catalog.BY_NAME["certificate"].descriptor.methods_by_name["ExportCertificates"]
        request = _message(method)(owner=owner, kind=f"CERTIFICATE_KIND_{kind.upper()}" if kind else 0)
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        with Stages(quiet=session.json) as stages:
            for answer in session.call("certificates", method, request):
                for document in answer.documents:
                    (folder / f"{document.name.rpartition('/')[2]}.json").write_bytes(document.content)
                    count += 1
                stages.show("证书 certificates", count, count)
        told = {"folder": str(folder), "certificates": count}
        output.print_json(told) if session.json else output.lines(output.account(told))


def did(ctx: typer.Context, json: Json = False) -> None:
    """Show the DID document of the issuer, to be served at /.well-known/did.json."""
    session = started(ctx, json)
    with reported(session):
        method = _method("GetDidDocument")
        output.lines([session.call("certificates", method, _message(method)()).content.decode()])
