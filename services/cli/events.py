"""`shuzheng events`: how far the events are, parked messages, publishing again; for operators."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json, Service, services_of
from services.cli.session import Session
from services.client import catalog, requests
from services.client.fields import CHINA, BadValue
from services.kit.errors import AppError, Kind, not_found


def group() -> typer.Typer:
    """Return the group `events`."""
    app = typer.Typer(no_args_is_help=True)
    app.command("status", help="各服务事件进度 · how far the events are")(status)
    app.command("republish", help="重新发布事件 · publish facts again")(republish)
    parked = typer.Typer(no_args_is_help=True)
    parked.command("list", help="被搁置的事件 · messages that could not be handled")(list_parked)
    parked.command("retry", help="再处理一次 · handle once more")(retry)
    parked.command("drop", help="放弃 · give up")(drop)
    app.add_typer(parked, name="parked", help="被搁置的事件 · parked messages")
    return app


def _call(session: Session, service: str, name: str, **content: Any) -> Any:
    _, method = catalog.method(f"EventService/{name}")
    return next(session.caller.answers(service, method, [requests.parse(method, content)]))


def status(ctx: typer.Context, service: Service = "", json: Json = False) -> None:
    """Show the figures of each service."""
    session = started(ctx, json)
    with reported(session):
        found = {each: _figures(_call(session, each, "GetEventStatus")) for each in services_of(service)}
        if session.json:
            output.print_json(found)
        else:
            _table([{"service": each} | figures for each, figures in found.items()])


def _figures(message: Any) -> dict[str, Any]:
    return {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields}


def _table(rows: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in rows[0]:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row.values()))
    output.console().print(table)


def list_parked(ctx: typer.Context, service: Service = "", json: Json = False) -> None:
    """List what could not be handled."""
    session = started(ctx, json)
    with reported(session):
        found = [{"service": s} | output.plain(e) for s in services_of(service) for e in _parked(session, s)]
        if session.json:
            output.print_json(found)
        elif found:
            _table([{key: row.get(key, "") for key in found[0]} for row in found])
        else:
            output.lines(["没有被搁置的事件 · nothing is parked"])


def _parked(session: Session, service: str) -> Iterator[Any]:
    _, method = catalog.method("EventService/ListParkedEvents")
    for page in session.caller.pages(service, method, requests.new(method)):
        yield from page.parked_events


def retry(ctx: typer.Context, event_id: str, service: Service = "", json: Json = False) -> None:
    """Handle a parked message once more."""
    _on_parked(ctx, "RetryParkedEvent", event_id, service, json)


def drop(ctx: typer.Context, event_id: str, service: Service = "", json: Json = False) -> None:
    """Give a parked message up."""
    _on_parked(ctx, "DropParkedEvent", event_id, service, json)


def _on_parked(ctx: typer.Context, method: str, event_id: str, service: str, json: bool) -> None:
    session = started(ctx, json)
    with reported(session):
        done = [each for each in services_of(service) if _tried(session, each, method, event_id)]
        if not done:
            raise not_found(event_id)
        told = {"event_id": event_id, "done": done}
        output.print_json(told) if session.json else output.lines([f"{event_id}: {', '.join(done)}"])


def _tried(session: Session, service: str, method: str, event_id: str) -> bool:
    try:
        _call(session, service, method, event_id=event_id)
    except AppError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        return False
    return True


def republish(
    ctx: typer.Context,
    since: Annotated[str, typer.Option("--since", help="2026-03-16T09:00 (+08:00)；缺省为全部")] = "",
    service: Service = "",
    json: Json = False,
) -> None:
    """Publish facts again; consumers absorb what they know already."""
    session = started(ctx, json)
    with reported(session):
        content = {"since": _moment(since)} if since else {}
        found = {s: _call(session, s, "RepublishEvents", **content).events for s in services_of(service)}
        output.print_json(found) if session.json else output.lines(output.account(found))


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(f"--since {text}: 2026-03-16T09:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).isoformat()
