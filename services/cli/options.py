"""Options of a command: one for each field of a request, what its help says, and `@FILE` for what is too long."""

import inspect
import json as json_text
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from services.client import catalog
from services.client.fields import JSON, BadValue, Field

Service = Annotated[
    str, typer.Option("--service", help="training | assessment | certificates；缺省为全部 · all of them")
]
Json = Annotated[bool, typer.Option("--json", help="JSON 输出 · answer as JSON")]


def services_of(chosen: str) -> tuple[str, ...]:
    """Return the services that `--service` means; raises BadValue that names them."""
    if chosen and chosen not in catalog.SERVICES:
        raise BadValue(f"--service {chosen}: {' | '.join(catalog.SERVICES)}")
    return (chosen,) if chosen else catalog.SERVICES


def sign(run: Callable[..., None], options: Iterable[Field], first: Field | None, paged: bool) -> None:
    """Give a command's function the signature that typer reads."""
    kinds: dict[str, Any] = {"ctx": typer.Context}
    defaults: dict[str, Any] = {}
    for field in options:
        kinds[field.key] = _annotation(field, field == first)
        defaults[field.key] = None
    kinds["request_file"] = Annotated[
        str, typer.Option("--from", metavar="FILE", help="请求 JSON 文件，- 为标准输入")
    ]
    kinds["json"] = Json
    defaults |= {"request_file": "", "json": False}
    if paged:
        kinds["every"] = Annotated[bool, typer.Option("--all", help="取全部页 · every page")]
        defaults["every"] = False
    run.__signature__ = inspect.Signature([_parameter(k, a, defaults) for k, a in kinds.items()])  # type: ignore[attr-defined]
    run.__annotations__ = kinds


def require(missing: Iterable[Field], first: Field | None) -> None:
    """Raise BadValue that names what a command needs and was not given, as it is written on the command line."""
    told = [f"{{{field.key}}}" if field == first else _option(field) for field in missing]
    if told:
        raise BadValue(f"缺少 missing: {', '.join(told)}")


def _parameter(name: str, annotation: Any, defaults: dict[str, Any]) -> inspect.Parameter:
    default = defaults.get(name, inspect.Parameter.empty)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(field: Field, is_argument: bool) -> Any:
    if is_argument:
        return Annotated[str | None, typer.Argument(help=".".join(field.path))]
    option = _option(field)
    if field.flag:
        return Annotated[bool | None, typer.Option(f"{option}/{option.replace('--', '--no-', 1)}")]
    kind = list[str] | None if field.repeated else str | None
    return Annotated[kind, typer.Option(option, help=_help(field))]


def _option(field: Field) -> str:
    return f"--{field.key.replace('_', '-')}"


def _help(field: Field) -> str:
    """Whether the option is needed, and what it takes."""
    return " · ".join(filter(None, ("必填 required" if field.needed else "", _form(field))))


def _form(field: Field) -> str:
    return f"{JSON}, @FILE" if field.form == JSON else field.form


def read(field: Field, given: str) -> Any:
    """Return the JSON value of an option's text, or of the file that `@FILE` names; raises BadValue."""
    try:
        from_file = field.structured and given.startswith("@")
        return field.read(Path(given[1:]).read_text("utf-8") if from_file else given)
    except (BadValue, ValueError, OSError) as error:
        raise BadValue(f"{_option(field)} {given!r}: {_form(field) or error}") from None


def read_json(source: str) -> dict[str, Any]:
    """Return the object in a file, or on standard input for `-`; raises BadValue."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        content = json_text.loads(text)
    except (OSError, ValueError) as error:
        raise BadValue(f"{source}: {error}") from None
    if not isinstance(content, dict):
        raise BadValue(f"{source}: holds no JSON object")
    return content
