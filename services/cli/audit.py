"""`shuzheng audit`: checks an export again, whole and offline, with nothing of the service that made it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.failures import REFUSED
from services.cli.options import Json
from services.client.fields import BadValue
from services.verifier.audit import Findings, examine

SHOWN = 50  # problems on the screen; --json has them all
CHECKED = {
    "jcs": ("证书签名", "certificate signatures (eddsa-jcs-2022)"),
    "rdfc": ("证书签名", "certificate signatures (eddsa-rdfc-2022)"),
    "issue": ("证书与日志条目一一对应", "certificates tied to their own leaf"),
    "status": ("状态列表与日志条目对应", "status lists tied to their leaf"),
    "key": ("公钥条目已打开", "key leaves opened"),
    "policy": ("规则条目已打开", "rule leaves opened"),
    "result": ("成绩条目先于证书", "results committed to before certificates"),
}


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", help="离线复核导出的全部证书与日志 · check an export again, offline")(audit)


def audit(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", help="导出目录 · folder of an export")],
    keys: Annotated[
        list[Path] | None,
        typer.Option("--keys", help="自己固定的 DID 文档，缺省用导出中的 did.json · pinned DID documents"),
    ] = None,
    vkeys: Annotated[
        Path | None,
        typer.Option("--vkeys", help="自己固定的日志公钥，缺省用导出中的 · pinned verifier keys of the log"),
    ] = None,
    before: Annotated[
        Path | None, typer.Option("--before", help="更早的导出：历史不得改变 · an earlier export")
    ] = None,
    json: Json = False,
) -> None:
    """Verify every signature and the log; the exit code is 0 only where nothing is wrong."""
    session = started(ctx, json)
    with reported(session):
        try:
            found = examine(folder, keys or [folder / "did.json"], vkeys, before)
        except ValueError as error:
            raise BadValue(f"--keys: {error}") from None
        output.print_json(found.as_json()) if session.json else output.lines(lines(found))
    if found.problems:
        raise typer.Exit(REFUSED)


def lines(found: Findings) -> Iterator[str]:
    """Yield what an audit tells people."""
    outcomes = ", ".join(f"{word} {count}" for word, count in sorted(found.outcomes.items()))
    yield f"证书 certificates: {found.certificates} ({outcomes})"
    for check, count in found.checked.items():
        zh, en = CHECKED[check]
        yield f"{zh} {en}: {count}"
    for origin, about in found.logs.items():
        yield f"日志 log {origin}: {about['size']} ({', '.join(f'{k} {v}' for k, v in about['leaves'].items())})"
    yield from (f"  ✗ {problem}" for problem in found.problems[:SHOWN])
    if len(found.problems) > SHOWN:
        yield f"  … {len(found.problems) - SHOWN} more"
    yield "✗ 有问题 · problems found" if found.problems else "✓ 全部相符 · nothing is wrong"
