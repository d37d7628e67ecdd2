"""`shuzheng operation`: long work, listed, read, followed to its end, or ended early."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from shuzheng.operations.v1.operation_pb2 import OperationState
from shuzheng.operations.v1.operation_service_pb2 import ListOperationsResponse

from services.cli import output, questions, rosters
from services.cli.commands import reported, started
from services.cli.intake import KeepRejects
from services.cli.options import Json, Service, services_of
from services.cli.progress import Stages
from services.cli.session import Session
from services.client import catalog, failures, requests
from services.client.fields import BadValue, Field

KINDS = {
    "roster_import": "导入名册 importing a roster",
    "item_import": "导入试题 importing questions",
    "batch_release": "签发批次 issuing a batch",
}
# What an import told can be told again, with all that was refused.
FOLLOWED: dict[str, tuple[str, Callable[[Session, Iterator[Any], Path | None], None]]] = {
    "roster_import": ("RosterService/FollowRosterImport", rosters.tell),
    "item_import": ("ItemService/FollowItemImport", questions.tell),
}
ENDED_BEFORE = ("该任务此前已经结束，没有什么可终止", "It had ended before; there is nothing to end.")
ENDS = ("已请求终止：当前一批完成后停止", "Asked to end: it stops after the batch under way.")
ALL_REJECTS = (
    "退回内容如有，可全部取回并改正",
    "All that was refused, if anything, to correct and send again",
)
Name = Annotated[str, typer.Argument(help="…/operations/{service}-{id}")]


def group() -> typer.Typer:
    """Return the group `operation`."""
    app = typer.Typer(no_args_is_help=True)
    app.command("list", help="列出长任务 · list long work")(list_operations)
    app.command("get", help="查看长任务及其结果 · show one and what came of it")(get)
    app.command("watch", help="跟踪至结束 · follow one to its end")(watch)
    app.command("cancel", help="提前终止，已完成的部分保留 · end one early; what is done stays")(cancel)
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
    parent: Annotated[
        str,
        typer.Argument(
            help="institutions/{institution} | bodies/{body}；监管部门可缺省 · authorities need none"
        ),
    ] = "",
    state: Annotated[
        str, typer.Option("--state", help="queued | running | succeeded | failed | cancelled")
    ] = "",
    service: Service = "",
    json: Json = False,
) -> None:
    """List the operations of a tenant, or for the authority all of them."""
    session = started(ctx, json)
    with reported(session):
        _, method = catalog.method("OperationService/ListOperations")
        known = Field(("state",), method.input_type.fields_by_name["state"], False)
        wanted = {"parent": parent} | ({"state": known.read(state)} if state else {})
        found = ListOperationsResponse()
        for one in services_of(service):
            for page in session.caller.pages(one, method, requests.parse(method, wanted)):
                found.operations.extend(page.operations)
        output.show(found, session.json)


def _show(session: Session, operation: Any) -> None:
    """Show an operation; what its result may be has to be known for that."""
    list(catalog.services())
    output.show(operation, session.json)
    if not session.json and operation.kind in FOLLOWED and operation.HasField("result"):
        told = ALL_REJECTS[session.lang == "en"]
        output.error_console().print(f"{told}: operation watch {operation.name} --rejects FILE", markup=False)


def get(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """Show an operation."""
    session = started(ctx, json)
    with reported(session):
        _show(session, _call(session, service_of(name), "GetOperation", name=name))


def watch(ctx: typer.Context, name: Name, rejects: KeepRejects = None, json: Json = False) -> None:
    """Show a bar on a terminal; the exit code is that of the outcome."""
    session = started(ctx, json)
    with reported(session):
        if rejects is not None:
            _follow(session, name, rejects)
            return
        operation = None
        with Stages(quiet=session.json) as stages:
            for answer in _answers(session, service_of(name), "WatchOperation", name=name):
                operation = answer.operation
                stages.show(said(operation), operation.done, operation.total)
        if operation is not None:
            _conclude(session, operation)


def _follow(session: Session, name: str, rejects: Path) -> None:
    """Tell of an import what it told whoever began it; raises BadValue for other work, which refuses no rows."""
    kind = _call(session, service_of(name), "GetOperation", name=name).kind
    if kind not in FOLLOWED:
        raise BadValue(f"--rejects: {' | '.join(FOLLOWED)}, {name}: {kind}")
    rpc, tell = FOLLOWED[kind]
    tell(session, session.caller(rpc, name=name), rejects)


def said(operation: Any) -> str:
    """Return what an operation is doing, in words; a kind of tomorrow by its name."""
    return rosters.STAGES.get(operation.stage) or KINDS.get(operation.kind, operation.kind)


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
        operation = _call(session, service_of(name), "CancelOperation", name=name)
        _show(session, operation)
        if not session.json and operation.state != OperationState.OPERATION_STATE_CANCELLED:
            told = ENDED_BEFORE if operation.HasField("end_time") else ENDS
            output.error_console().print(told[session.lang == "en"], markup=False)
