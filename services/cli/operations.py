"""`shuzheng operation`: long work, listed, read, followed to its end, or ended early."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from shuzheng.operations.v1.operation_service_pb2 import ListOperationsResponse

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.cli.progress import Stages
from services.cli.session import Session
from services.client import catalog, failures, requests
from services.client.fields import BadValue

STAGES = {"RECEIVING": "接收 receiving", "CHECKING": "检查 checking", "IMPORTING": "导入 importing"}
KINDS = {
    "roster_import": "导入名册 importing a roster",
    "item_import": "导入试题 importing questions",
    "batch_release": "签发批次 issuing a batch",
}
Name = Annotated[str, typer.Argument(help="…/operations/{service}-{id}")]


def group() -> typer.Typer:
    """Return the group `operation`."""
    app = typer.Typer(no_args_is_help=True)
    app.command("list", help="列出长任务 · OperationService/ListOperations")(list_operations)
    app.command("get", help="查看长任务 · OperationService/GetOperation")(get)
    app.command("watch", help="跟踪至结束 · OperationService/WatchOperation")(watch)
    app.command("cancel", help="提前终止 · OperationService/CancelOperation")(cancel)
    return app


def _answers(session: Session, service: str, rpc: str, **content: Any) -> Iterator[Any]:
    _, method = catalog.method(f"OperationService/{rpc}")
    return session.caller.answers(
        service, method, [requests.new(method, **requests.identified(method, content))]
    )


def _call(session: Session, service: str, rpc: str, **content: Any) -> Any:
    return next(_answers(session, service, rpc, **content))


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
        _, method = catalog.method("OperationService/ListOperations")
        found = ListOperationsResponse()
        for one in services:
            for page in session.caller.pages(one, method, requests.parse(method, wanted)):
                found.operations.extend(page.operations)
        output.show(found, session.json)


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
            for answer in _answers(session, service_of(name), "WatchOperation", name=name):
                operation = answer.operation
                stages.show(said(operation), operation.done, operation.total)
        if operation is not None:
            _conclude(session, operation)


def said(operation: Any) -> str:
    """Return what an operation is doing, in words; a kind of tomorrow by its name."""
    return STAGES.get(operation.stage) or KINDS.get(operation.kind, operation.kind)


def _conclude(session: Session, operation: Any) -> None:
    """Show how it ended; raises what it failed with."""
    if not operation.HasField("error"):
        _show(session, operation)
    else:
        raise failures.failed(operation.name, operation.error)


def cancel(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """Ask to end an operation early."""
    session = started(ctx, json)
    with reported(session):
        _show(session, _call(session, service_of(name), "CancelOperation", name=name))
