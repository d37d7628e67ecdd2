"""`shuzheng operation`: long work, listed, read, followed to its end, or ended early."""

import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from google.rpc import code_pb2
from shuzheng.operations.v1.operation_service_pb2 import ListOperationsResponse

from services.cli import catalog, output, requests
from services.cli.commands import Json, reported, started
from services.cli.connection import Session
from services.cli.failures import INTERNAL
from services.cli.fields import BadValue
from services.cli.progress import Stages
from services.kit.rpc.status import error_of

Name = Annotated[str, typer.Argument(help="…/operations/{service}-{id}")]
PAGE = 1000


def group() -> typer.Typer:
    """Return the group `operation`."""
    app = typer.Typer(no_args_is_help=True)
    app.command("list", help="列出长任务 · OperationService/ListOperations")(list_operations)
    app.command("get", help="查看长任务 · OperationService/GetOperation")(get)
    app.command("watch", help="跟踪至结束 · OperationService/WatchOperation")(watch)
    app.command("cancel", help="提前终止 · OperationService/CancelOperation")(cancel)
    return app


def _call(session: Session, service: str, method: str, **content: Any) -> Any:
    found = catalog.descriptor(*catalog.OPERATIONS).methods_by_name[method]
    return session.call(service, found, requests.parse(found, content))


def service_of(name: str) -> str:
    """Return the service that has an operation, which the last segment of its name says; raises BadValue."""
    _, known, last = name.rpartition("operations/")
    service = last.partition("-")[0]
    if not known or service not in catalog.SERVICES:
        raise BadValue(f"{name}: …/operations/{{{' | '.join(catalog.SERVICES)}}}-…")
    return service


def list_operations(
    ctx: typer.Context,
    parent: Annotated[str, typer.Argument(help="institutions/{institution} | bodies/{body}")] = "",
    state: Annotated[
        str, typer.Option("--state", help="queued | running | succeeded | failed | cancelled")
    ] = "",
    service: Annotated[
        str, typer.Option("--service", help="training | assessment | certificates；缺省为全部")
    ] = "",
    json: Json = False,
) -> None:
    """List the operations of a tenant, or for the authority all of them."""
    session = started(ctx, json)
    with reported(session):
        wanted = {"parent": parent} | ({"state": f"OPERATION_STATE_{state.upper()}"} if state else {})
        services = (service,) if service else catalog.SERVICES
        found = ListOperationsResponse()
        for one in services:
            found.operations.extend(_pages(session, one, wanted))
        output.show(found, session.json)


def _pages(session: Session, service: str, wanted: dict[str, Any]) -> Iterator[Any]:
    token = ""
    while True:
        page = _call(session, service, "ListOperations", page_size=PAGE, page_token=token, **wanted)
        yield from page.operations
        token = page.next_page_token
        if not token:
            return


def _show(session: Session, operation: Any) -> None:
    """Show an operation; what its result may be has to be known for that."""
    list(catalog.services())
    output.show(operation, session.json)


def get(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """Show an operation."""
    session = started(ctx, json)
    with reported(session):
        _show(session, _call(session, service_of(name), "GetOperation", name=name))


def watch(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """Show a bar on a terminal; the exit code is that of the outcome."""
    session = started(ctx, json)
    with reported(session):
        operation = None
        with Stages(quiet=session.json) as stages:
            for answer in _call(session, service_of(name), "WatchOperation", name=name):
                operation = answer.operation
                stages.show(operation.stage.lower() or operation.kind, operation.done, operation.total)
        if operation is not None:
            _conclude(session, operation)


def _conclude(session: Session, operation: Any) -> None:
    """Show how it ended; raises what it failed with."""
    if not operation.HasField("error"):
        _show(session, operation)
    elif operation.error.code == code_pb2.INTERNAL:
        output.error_console().print(operation.error.message, markup=False)
        raise typer.Exit(INTERNAL)
    else:
        raise error_of(operation.error)


def cancel(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """Ask to end an operation early."""
    session = started(ctx, json)
    with reported(session):
        asked = {"name": name, "request_id": str(uuid.uuid4())}
        _show(session, _call(session, service_of(name), "CancelOperation", **asked))
