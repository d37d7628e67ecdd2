"""An export: certificates, keys and log as files (docs/export.md), for mirrors and auditors."""

import base64
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from services.verifier.schemas import schema

FORMAT = "shuzheng-export/2"
PROFILE = "certificate-1"


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
    put(out, "manifest.json", json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")
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
    return json.dumps({"position": logged.log_position, "nonce": nonce}).encode() + b"\n"


def put(out: Path, path: str, content: bytes) -> None:
    """Write one file below `out`; refuses a path that leads out of it."""
    target = out / path
    if ".." in target.parts:
        raise OSError(f"{path} leads out of {out}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
