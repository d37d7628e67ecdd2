"""`shuzheng certificate export`: certificates, keys and log as files (docs/export.md), for mirrors and auditors."""

import base64
import json as json_text
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from google.protobuf import message_factory

from services.cli import catalog, output
from services.cli.commands import Json, reported, started
from services.cli.progress import Stages
from services.verifier.schemas import schema

FORMAT = "shuzheng-export/2"
PROFILE = "certificate-1"


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

        def ask(path: str, **values: Any) -> Any:
            service, method = catalog.find(path) or ("", None)
            assert method is not None
            return session.call(service, method, message_factory.GetMessageClass(method.input_type)(**values))

        told = write(out, ask, only, lambda stage, count: stages.show(stage, count, count))
    output.print_json(told) if session.json else output.lines(output.account(told))


def write(
    out: Path, ask: Callable[..., Any], only: dict[str, str], show: Callable[[str, int], None]
) -> dict[str, Any]:
    """Write an export; `ask("Service/Method", …)` calls, answers of streams are iterated. Returns the manifest.

    Certificates come before the log, so that the log holds a leaf for each of them.
    """
    issuer = ask("VerificationService/GetDidDocument")
    reports = ask("VerificationReportService/GetReportDidDocument")
    put(out, "did.json", issuer.content)
    put(out, "reports/did.json", reports.content)
    put(out, f"schemas/{PROFILE}.json", schema(PROFILE))
    lists = _status_lists(out, ask)
    certificates = _certificates(out, ask("CertificateService/ExportCertificates", **only), show)
    files = _log(out, ask("LogService/ExportLog"), show)
    told = {
        "format": FORMAT,
        "issuer": issuer.did,
        "selection": only,
        "certificates": certificates,
        "status_lists": lists,
        "log_files": files,
    }
    put(out, "manifest.json", json_text.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")
    return told


def _certificates(out: Path, answers: Iterable[Any], show: Callable[[str, int], None]) -> int:
    count = 0
    for answer in answers:
        for document in answer.documents:
            file = f"credentials/{document.name.rpartition('/')[2].upper()}.json"
            put(out, file, document.content)
            put(out, f"openings/{file}", opening(document))
            count += 1
        show("证书 certificates", count)
    return count


def _status_lists(out: Path, ask: Callable[..., Any]) -> int:
    count, token = 0, ""
    while True:
        page = ask("StatusService/ListStatusLists", page_size=100, page_token=token)
        for each in page.status_lists:
            path = f"status/{each.name.rpartition('/')[2]}"
            put(out, f"{path}.json", each.credential)
            put(out, f"{path}.jwt", each.token)
            put(out, f"openings/{path}.json", opening(each))
            count += 1
        token = page.next_page_token
        if not token:
            return count


def _log(out: Path, answers: Iterable[Any], show: Callable[[str, int], None]) -> int:
    count = 0
    for answer in answers:
        for file in answer.files:
            put(out, f"log/{file.path}", file.content)
            count += 1
        show("日志文件 log files", count)
    return count


def opening(logged: Any) -> bytes:
    """Return what opens the leaf of a certificate or status list: where it stands, and its nonce in base64url."""
    nonce = base64.urlsafe_b64encode(logged.log_nonce).decode().rstrip("=")
    return json_text.dumps({"position": logged.log_position, "nonce": nonce}).encode() + b"\n"


def put(out: Path, path: str, content: bytes) -> None:
    """Write one file below `out`; refuses a path that leads out of it."""
    target = out / path
    if ".." in target.parts:
        raise OSError(f"{path} leads out of {out}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
