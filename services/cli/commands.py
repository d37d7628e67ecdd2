"""Turns an RPC into a command: its signature is made from the request's fields, its body calls and shows.

One mechanism serves every RPC with one request and one answer; files and streams have commands of their own.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import grpc
import typer
from google.protobuf.descriptor import MethodDescriptor

from services.cli import failures, output, requests
from services.cli.catalog import Noun
from services.cli.connection import Session
from services.cli.fields import BadValue, Field, fields, positional
from services.kit.errors import AppError

Json = Annotated[bool, typer.Option("--json", help="JSON 输出 · answer as JSON")]
LARGEST_PAGE = 1000


def add(app: typer.Typer, noun: Noun, verb: str, method: MethodDescriptor) -> None:
    """Add the command of an RPC to the group of its noun."""
    app.command(verb, help=_help(noun, method))(_command(noun, method))


def _help(noun: Noun, method: MethodDescriptor) -> str:
    return f"{noun.zh} · {method.containing_service.name}/{method.name}"


def _command(noun: Noun, method: MethodDescriptor) -> Callable[..., None]:
    options = fields(method)
    paged = "page_token" in method.input_type.fields_by_name

    def run(ctx: typer.Context, json: bool, request_file: str, every: bool = False, **given: Any) -> None:
        session = started(ctx, json)
        with reported(session):
            request = requests.build(method, options, given, request_file)
            answer = session.call(noun.service, method, request)
            if every:
                answer = _all_pages(session, noun.service, method, request, answer)
            output.show(answer, session.json)

    _sign(run, options, positional(method), paged)
    return run


def _sign(run: Callable[..., None], options: Iterable[Field], first: Field | None, paged: bool) -> None:
    """Give the function the signature that typer reads."""
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


def _parameter(name: str, annotation: Any, defaults: dict[str, Any]) -> inspect.Parameter:
    default = defaults.get(name, inspect.Parameter.empty)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(field: Field, is_argument: bool) -> Any:
    if is_argument:
        return Annotated[str | None, typer.Argument(help=".".join(field.path))]
    option = f"--{field.key.replace('_', '-')}"
    if field.flag:
        return Annotated[bool | None, typer.Option(f"{option}/--no-{field.key.replace('_', '-')}")]
    kind = list[str] | None if field.repeated else str | None
    return Annotated[kind, typer.Option(option, help=field.help)]


def _all_pages(session: Session, service: str, method: MethodDescriptor, request: Any, answer: Any) -> Any:
    request.page_size = request.page_size or LARGEST_PAGE
    while answer.next_page_token:
        request.page_token = answer.next_page_token
        page = session.call(service, method, request)
        answer.next_page_token = ""
        answer.MergeFrom(page)
        answer.next_page_token = page.next_page_token
    return answer


def started(ctx: typer.Context, json: bool = False) -> Session:
    """Return the session of a command; `--json` counts before and after the noun."""
    session = ctx.obj
    session.json = session.json or json
    return session


class reported:
    """A block whose refusals become lines on standard error and an exit code."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        """Report a refusal and leave; other exceptions that are no faults of a service pass."""
        self.session.close()
        if isinstance(error, AppError | BadValue | grpc.RpcError | OSError):
            raise typer.Exit(report(error, self.session)) from None


def report(error: Exception, session: Session) -> int:
    """Tell of a refusal or fault; returns the exit code."""
    refusal = failures.of(error)
    if session.json:
        output.print_json(failures.as_json(error, refusal))
    elif refusal is None:
        output.error_console().print(failures.fault(error, session.lang), markup=False)
    else:
        for line in failures.lines(refusal, session.lang):
            output.error_console().print(line, markup=False)
    return failures.exit_code(refusal)
