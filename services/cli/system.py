"""`shuzheng up`, `run`, `demo`, `version`, `call`: the system itself, and any RPC by its name."""

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from google.protobuf.descriptor import MethodDescriptor

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json, read_json
from services.client import catalog, requests
from services.client.fields import BadValue
from services.kit.errors import not_found


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up", help="启动内嵌系统，Ctrl-C 停止 · keep the embedded system running")(up)
    as_it_is = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    app.command("run", help="运行一个进程 · run one process, such as training", context_settings=as_it_is)(
        run
    )
    app.command("demo", help="演示全流程 · drive the whole journey once")(demo)
    app.command("call", help="按名称调用任一 RPC · call any RPC, e.g. CohortService/GetCohort")(call)
    app.command("version", help="版本 · version")(version)


def up(
    ctx: typer.Context,
    log_level: Annotated[str, typer.Option("--log-level", help="debug | info | warning | error")] = "warning",
    http: Annotated[
        str, typer.Option("--http", help="另以 HTTP 提供公开文件 · serve the public files on HOST:PORT too")
    ] = "",
    json: Json = False,
) -> None:
    """Become the embedded system."""
    session = started(ctx, json)
    more = (["--http", http] if http else []) + (["--json"] if session.json else [])
    _become("services.embedded", "--data-dir", str(session.data_dir), "--log-level", log_level, *more)


def demo(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="演示目录，每次清空 · emptied at each run")
    ] = None,
    json: Json = False,
) -> None:
    """Become the demo."""
    session = started(ctx, json)
    more = ["--json"] if session.json else []
    where = folder or session.data_dir / "demo"
    _become("services.embedded.demo", "--folder", str(where), "--lang", session.lang, *more)


def run(ctx: typer.Context) -> None:
    """Become a process of the table; what it is called with is for that process to read."""
    _become("services.processes", *ctx.args)


def _become(module: str, *arguments: str) -> NoReturn:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


def version(ctx: typer.Context, json: Json = False) -> None:
    """Show the version."""
    told = {"shuzheng": installed_version("shuzheng")}
    output.print_json(told) if started(ctx, json).json else output.lines(
        [f"数证 shuzheng {told['shuzheng']}"]
    )


def call(
    ctx: typer.Context,
    path: Annotated[str, typer.Argument(help="SERVICE/METHOD")],
    data: Annotated[
        str, typer.Option("--data", help="请求 JSON · the request; one a line for a stream")
    ] = "{}",
    source: Annotated[str, typer.Option("--from", help="请求 JSON 文件，- 为标准输入")] = "",
    service: Annotated[
        str, typer.Option("--service", help="EventService、OperationService 所在的服务 · training | …")
    ] = "",
    json: Json = True,
) -> None:
    """Call an RPC; answers are JSON, one a line for a stream."""
    session = started(ctx, json)
    with reported(session):
        owner, method = _found(path)
        sent = [requests.parse(method, read_json(source))] if source else _requests(method, data)
        for answer in session.caller.answers(owner or service or "training", method, sent):
            output.print_json(output.plain(answer))


def _found(path: str) -> tuple[str, MethodDescriptor]:
    found = catalog.find(path)
    if found is None:
        raise not_found(path, "UNKNOWN_METHOD")
    return found


def _requests(method: MethodDescriptor, data: str) -> list[Any]:
    texts = data.splitlines() if method.client_streaming else [data]
    return [requests.parse(method, _object(text)) for text in texts if text.strip()] or [requests.new(method)]


def _object(text: str) -> dict[str, Any]:
    import json as json_text

    try:
        content = json_text.loads(text)
    except ValueError as error:
        raise BadValue(f"--data: {error}") from None
    if not isinstance(content, dict):
        raise BadValue("--data: a JSON object")
    return content
