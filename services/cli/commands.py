"""Turns an RPC into a command: its options are made from the request's fields, its body calls and shows.

One mechanism serves every RPC with one request and one answer; files and streams have commands of their own.
"""

from collections.abc import Callable
from typing import Any

import typer
from google.protobuf.descriptor import MethodDescriptor

from services.cli import failures, options, output
from services.cli.session import Session
from services.client import requests
from services.client.catalog import Noun
from services.client.fields import fields, positional


def add(app: typer.Typer, noun: Noun, verb: str, method: MethodDescriptor) -> None:
    """Add the command of an RPC to the group of its noun."""
    app.command(verb, help=_help(noun, method))(_command(noun, method))


def _help(noun: Noun, method: MethodDescriptor) -> str:
    return f"{noun.zh} · {method.containing_service.name}/{method.name}"


def _command(noun: Noun, method: MethodDescriptor) -> Callable[..., None]:
    known = fields(method)
    paged = "page_token" in method.input_type.fields_by_name
    first = positional(method)

    def run(ctx: typer.Context, json: bool, request_file: str, every: bool = False, **given: Any) -> None:
        session = started(ctx, json)
        with reported(session):
            content = options.read_json(request_file) if request_file else {}
            request = requests.build(method, known, given, content, options.read)
            options.require(requests.missing(known, content), first)
            output.show(_answer(session, noun.service, method, request, every), session.json)

    options.sign(run, known, first, paged)
    return run


def _answer(session: Session, service: str, method: MethodDescriptor, request: Any, every: bool) -> Any:
    """Return the answer; of a list with `every`, its pages as one."""
    if not every:
        return next(session.caller.answers(service, method, [request]))
    first, *others = session.caller.pages(service, method, request)
    for page in others:
        first.MergeFrom(page)
    first.next_page_token = ""
    return first


def started(ctx: typer.Context, json: bool = False) -> Session:
    """Return the session of a command; `--json` counts before and after the noun."""
    session: Session = ctx.obj
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
        if isinstance(error, failures.TOLD):
            raise typer.Exit(failures.report(error, self.session.lang, self.session.json)) from None
