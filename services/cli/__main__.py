"""The command line: grouped by noun, every command with `--json`, refusals as lines and exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli import (
    audit,
    commands,
    events,
    identity,
    offline,
    operations,
    questions,
    releases,
    reports,
    rosters,
    system,
    verification,
)
from services.cli.failures import EXIT_CODES
from services.cli.options import Json
from services.cli.session import Session
from services.client import catalog


class Language(StrEnum):
    """The languages that are spoken."""

    ZH = "zh"
    EN = "en"


BY_HAND: dict[str, tuple[Callable[[typer.Typer], None] | None, set[str]]] = {
    "roster": (rosters.add, {"import", "follow-import"}),
    "bank": (questions.add, set()),
    "item": (questions.add, {"import", "export", "follow-import"}),
    "certificate": (verification.add, {"export"}),
    "batch": (releases.add, {"watch"}),
    "report": (reports.add, {"batch-verify-file"}),
    "log": (None, {"export"}),
}
NAME = "数证 · certification and exam management for digital-technology engineers (数字技术工程师培育项目)"


def epilog() -> str:
    """Return the exit codes as the help shows them."""
    codes = " · ".join(f"{code} {zh} ({en})" for code, (zh, en) in EXIT_CODES.items())
    return f"退出码 exit codes: {codes}"


def build(words: Sequence[str]) -> typer.Typer:
    """Return the program; only the noun that `words` names gets its commands, which keeps it quick."""
    app = typer.Typer(name="shuzheng", help=NAME, epilog=epilog(), no_args_is_help=True, add_completion=False)
    app.callback()(_options)
    system.add(app)
    offline.add(app)
    audit.add(app)
    identity.add(app)
    for noun in catalog.NOUNS:
        group = _group(noun) if noun.name in words else typer.Typer()
        app.add_typer(group, name=noun.name, help=f"{noun.zh} · {noun.en}")
    app.add_typer(operations.group(), name="operation", help="长任务 · operations: long work to watch")
    app.add_typer(events.group(), name="events", help="事件 · events: parked messages, republishing")
    return app


def _group(noun: catalog.Noun) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True)
    add, taken = BY_HAND.get(noun.name, (None, set()))
    for verb, method in noun.verbs.items():
        if verb not in taken:
            commands.add(group, noun, verb, method)
    if add is not None:
        add(group)
    return group


def _options(
    ctx: typer.Context,
    json: Json = False,
    lang: Annotated[
        Language, typer.Option("--lang", envvar="SHUZHENG_LANG", help="语言 · language")
    ] = Language.ZH,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="数据目录 (SHUZHENG_DATA_DIR)，缺省 var")
    ] = None,
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="training=host:port,… (SHUZHENG_ENDPOINTS)")
    ] = "",
    token: Annotated[str, typer.Option("--token", help="令牌 (SHUZHENG_TOKEN)，缺省为 login 所存")] = "",
) -> None:
    """Options that hold for every command."""
    folder = data_dir or Path(os.environ.get("SHUZHENG_DATA_DIR", "var"))
    ctx.obj = Session(folder, lang.value, json, endpoint, token)


def main() -> None:
    """Run the command line."""
    build(sys.argv[1:])()


if __name__ == "__main__":
    main()
