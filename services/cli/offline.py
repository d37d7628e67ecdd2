"""`shuzheng verify FILE` and `shuzheng verifier FOLDER`: certificates checked without any service or network."""

import json as json_text
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.client.fields import BadValue
from services.verifier import offline, page_copy

KEYS = typer.Option("--keys", help="签发者 DID 文档，自己固定 · DID document of an issuer you trust")


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("verify", help="离线验证证书文件：JSON、PDF、二维码内容、离线包 · verify a file offline")(
        verify
    )
    app.command("verifier", help="写出可自行托管的验证页与验证程序 · write the verifiers to host or keep")(
        verifier
    )


def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="证书 JSON | PDF | 二维码文本 | 离线包")],
    keys: Annotated[list[Path], KEYS],
    status: Annotated[Path | None, typer.Option("--status", help="事先取得的状态列表 · status list")] = None,
    log_key: Annotated[
        list[str] | None, typer.Option("--log-key", help="日志公钥，name+id+key · verifier key of the log")
    ] = None,
    witness_key: Annotated[
        list[str] | None, typer.Option("--witness-key", help="日志见证人公钥 · verifier key of a witness")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="持证人应有的姓名 · name to check")] = "",
    at: Annotated[str, typer.Option("--at", help="验证时点，缺省为现在 · 2026-05-01T00:00:00Z")] = "",
    json: Json = False,
) -> None:
    """Verify a file; the exit code is 0 only for VALID, 6 where the status cannot be known offline."""
    session = started(ctx, json)
    code = 0
    with reported(session):
        listed = status.read_bytes() if status else None
        pinned = _pinned(keys, log_key, witness_key)
        answer = offline.verify(file.read_bytes(), pinned, _moment(at), name, listed)
        output.print_json(asdict(answer)) if session.json else output.lines(
            offline.lines(answer, session.lang)
        )
        code = offline.exit_code(answer)
    if code:
        raise typer.Exit(code)


def _moment(text: str) -> datetime | None:
    try:
        return offline.moment(text) if text else None
    except ValueError:
        raise BadValue(f"--at: {text} (2026-05-01T00:00:00Z)") from None


def _pinned(
    files: list[Path], logs: list[str] | None = None, witnesses: list[str] | None = None
) -> offline.Keys:
    try:
        return offline.read_keys(files, logs or (), witnesses or ())
    except ValueError as error:
        raise BadValue(f"--keys: {error}") from None


def verifier(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="写入的目录 · folder to write to")],
    keys: Annotated[list[Path], KEYS],
    log_key: Annotated[
        list[str] | None, typer.Option("--log-key", help="日志公钥，name+id+key · verifier key of the log")
    ] = None,
    json: Json = False,
) -> None:
    """Write index.html, with the keys pinned into it, and verify.py, each complete in itself."""
    session = started(ctx, json)
    with reported(session):
        _pinned(keys, log_key)
        documents = [*(json_text.loads(file.read_bytes()) for file in keys), *(log_key or ())]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text(page_copy.page(documents), "utf-8")
        (folder / "verify.py").write_bytes(Path(offline.__file__).read_bytes())
        told = {"folder": str(folder), "files": "index.html, verify.py"}
        output.print_json(told) if session.json else output.lines(output.account(told))
